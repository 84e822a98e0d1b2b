using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Fuzzing;

/// <summary>
/// OTLP/JSON through Google.Protobuf's own JSON parser. The text is first written anew in its dialect, for it differs from OTLP's: ids are
/// base64, the names of the .proto files are keys too, a number is a double whatever its field, the number of an enumeration is no string.
/// </summary>
internal static class GoogleJson
{
    private static readonly JsonParser Parser = new(new JsonParser.Settings(recursionLimit: 1_000).WithIgnoreUnknownFields(true));

    /// <summary>False where it does not take the text, or means something else by it: a message given twice is replaced, not merged.</summary>
    public static bool TryParse(OtlpSignal signal, byte[] text, [NotNullWhen(true)] out IMessage? request)
    {
        request = null;
        try
        {
            var start = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
            using var document = JsonDocument.Parse(text.AsMemory(start), new JsonDocumentOptions { MaxDepth = 2_000 });
            using var output = new MemoryStream();
            using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { MaxDepth = 2_000 }))
            {
                if (!TryWrite(document.RootElement, "", writer))
                    return false;
            }

            request = Parser.Parse(Encoding.UTF8.GetString(output.ToArray()), OtlpItems.Descriptor(signal));
            return true;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or FormatException or InvalidOperationException)
        {
            // Its refusals, and half a surrogate pair, which has no place in a .NET string.
            return false;
        }
    }

    private static bool TryWrite(JsonElement element, string key, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return TryWriteObject(element, writer);
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var inside in element.EnumerateArray())
                {
                    if (!TryWrite(inside, key, writer))
                        return false;
                }

                writer.WriteEndArray();
                return true;
            case JsonValueKind.Number:
                WriteNumber(element, key, writer);
                return true;
            case JsonValueKind.String:
                WriteString(element.GetString()!, key, writer);
                return true;
            default:
                element.WriteTo(writer);
                return true;
        }
    }

    private static bool TryWriteObject(JsonElement element, Utf8JsonWriter writer)
    {
        var keys = new HashSet<string>();
        writer.WriteStartObject();
        foreach (var member in element.EnumerateObject())
        {
            if (!keys.Add(member.Name))
                return false;
            if (member.Name.Contains('_', StringComparison.Ordinal))
                continue;
            writer.WritePropertyName(member.Name);
            if (!TryWrite(member.Value, member.Name, writer))
                return false;
        }

        writer.WriteEndObject();
        return true;
    }

    private static void WriteNumber(JsonElement element, string key, Utf8JsonWriter writer)
    {
        // As a double it would lose its last digits.
        if (IsEnumeration(key) || !decimal.TryParse(element.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || decimal.Abs(number) < 9_007_199_254_740_992 || !decimal.IsInteger(number))
        {
            element.WriteTo(writer);
        }
        else
        {
            writer.WriteStringValue(number.ToString("0", CultureInfo.InvariantCulture));
        }
    }

    private static void WriteString(string text, string key, Utf8JsonWriter writer)
    {
        if (key is "traceId" or "spanId" or "parentSpanId" or "profileId" && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit))
            writer.WriteStringValue(Convert.ToBase64String(Convert.FromHexString(text)));
        else if (IsEnumeration(key) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(text);
    }

    private static bool IsEnumeration(string key) => key is "kind" or "code" or "aggregationTemporality" or "severityNumber";
}
