using System.Text.Json;
using Rotel.Otlp;

namespace Rotel.Throughput.Sink;

/// <summary>
/// Counts the items of an Export request in OTLP/JSON, by the same envelope as <see cref="ItemCounter"/>. Shares no
/// code with the collector either.
/// </summary>
internal static class JsonItemCounter
{
    // From the outside in, the keys that lead to the items, which are the elements of the last one.
    private static readonly string[][] Spans = [["resourceSpans"], ["scopeSpans"], ["spans"]];
    private static readonly string[][] LogRecords = [["resourceLogs"], ["scopeLogs"], ["logRecords"]];
    private static readonly string[][] DataPoints =
    [
        ["resourceMetrics"], ["scopeMetrics"], ["metrics"], ["gauge", "sum", "histogram", "exponentialHistogram", "summary"], ["dataPoints"],
    ];

    /// <returns>The count; -1 when the text is not JSON or not of this shape.</returns>
    public static long Count(OtlpSignal signal, ReadOnlySpan<byte> request)
    {
        var path = signal switch
        {
            OtlpSignal.Traces => Spans,
            OtlpSignal.Metrics => DataPoints,
            _ => LogRecords,
        };
        var json = new Utf8JsonReader(request);
        try
        {
            json.Read();
            var items = json.TokenType == JsonTokenType.StartObject ? CountIn(ref json, path) : -1;

            // The read after the last token finds whatever follows it.
            return json.Read() ? -1 : items;
        }
        catch (JsonException)
        {
            return -1;
        }
    }

    /// <summary>Reads an object, whose brace was read, up to its closing brace.</summary>
    private static long CountIn(ref Utf8JsonReader json, ReadOnlySpan<string[]> path)
    {
        long items = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isOnPath = IsOneOf(ref json, path[0]);
            json.Read();
            if (!isOnPath || json.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
                json.Skip();
            else if (json.TokenType == JsonTokenType.StartObject)
                items += CountIn(ref json, path[1..]);
            else
                items += CountElements(ref json, path[1..]);
        }

        return items;
    }

    private static long CountElements(ref Utf8JsonReader json, ReadOnlySpan<string[]> path)
    {
        long items = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
                throw new JsonException("An element is not an object.");
            if (!path.IsEmpty)
            {
                items += CountIn(ref json, path);
                continue;
            }

            json.Skip();
            items++;
        }

        return items;
    }

    private static bool IsOneOf(ref Utf8JsonReader json, string[] keys)
    {
        foreach (var key in keys)
        {
            if (json.ValueTextEquals(key))
                return true;
        }

        return false;
    }
}
