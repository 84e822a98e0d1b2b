using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Names = Rotel.DeadLetters.DeadLetterNames;

namespace Rotel.DeadLetters;

/// <summary>What a line of a file with dead letters says, in whatever order; what it does not know, it passes over.</summary>
internal sealed record DeadLetterLine
{
    /// <summary>Deeper than a request that the validator lets through can make it.</summary>
    private const int MaxDepth = 512;

    public required OtlpSignal Signal { get; init; }

    public required string Exporter { get; init; }

    /// <summary>How many items the line says it has; nobody has counted.</summary>
    public long Items { get; init; }

    /// <summary>How many of them the destination did not have when the line was written.</summary>
    public long Lost { get; init; }

    /// <summary>The headers that go with it; those without value were not kept.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Headers { get; init; } = [];

    /// <summary>Whether the body is base64 of the wire form, and not OTLP/JSON.</summary>
    public bool IsProtobuf { get; init; }

    /// <summary>Where in the line the body is: the OTLP/JSON object, or the base64 without its quotes and escapes.</summary>
    public Range Body { get; init; }

    /// <summary>Reads a whole line.</summary>
    /// <param name="text">The line, with or without its end.</param>
    /// <param name="line">What it says.</param>
    /// <param name="problem">What is wrong with it, for people; nothing of its content.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> text, [NotNullWhen(true)] out DeadLetterLine? line, [NotNullWhen(false)] out string? problem)
    {
        (line, problem) = (null, null);
        try
        {
            line = Read(text, isWhole: true, out problem);
            if (line is { Body: { Start.Value: 0, End.Value: 0 } })
                (line, problem) = (null, "it has neither a request nor protobuf");
        }
        catch (Exception exception) when (JsonAnswer.IsFault(exception))
        {
            problem = "it is not valid JSON";
        }

        return line is not null;
    }

    /// <summary>Reads what stands before the body at the beginning of a line, as Rotel writes it; null where it does not.</summary>
    public static DeadLetterLine? TryReadHead(ReadOnlySpan<byte> beginning)
    {
        try
        {
            return Read(beginning, isWhole: false, out _);
        }
        catch (Exception exception) when (JsonAnswer.IsFault(exception))
        {
            return null;
        }
    }

    private static DeadLetterLine? Read(ReadOnlySpan<byte> text, bool isWhole, out string? problem)
    {
        OtlpSignal? signal = null;
        string? exporter = null;
        var (items, delivered) = (0L, 0L);
        List<KeyValuePair<string, string?>> headers = [];
        var isProtobuf = false;
        Range body = default;
        problem = "it is not a dead letter";
        var json = new Utf8JsonReader(text, isWhole, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals(Names.Signal.EncodedUtf8Bytes))
            {
                signal = SignalOf(JsonAnswer.ReadText(ref json));
            }
            else if (json.ValueTextEquals(Names.Exporter.EncodedUtf8Bytes))
            {
                exporter = JsonAnswer.ReadText(ref json);
            }
            else if (json.ValueTextEquals(Names.Items.EncodedUtf8Bytes))
            {
                items = JsonAnswer.ReadInteger(ref json);
            }
            else if (json.ValueTextEquals(Names.Delivered.EncodedUtf8Bytes))
            {
                delivered = JsonAnswer.ReadInteger(ref json);
            }
            else if (!isWhole && items > 0)
            {
                break;
            }
            else if (json.ValueTextEquals(Names.Headers.EncodedUtf8Bytes))
            {
                ReadHeaders(ref json, headers);
            }
            else if (json.ValueTextEquals(Names.Request.EncodedUtf8Bytes))
            {
                (body, isProtobuf) = (RangeOfValue(ref json), false);
            }
            else if (json.ValueTextEquals(Names.Protobuf.EncodedUtf8Bytes))
            {
                (body, isProtobuf) = (RangeOfText(ref json), true);
            }
            else if (!json.TrySkip())
            {
                break;
            }
        }

        // What stands behind the object is found here, too.
        while (isWhole && json.Read())
        {
        }

        if (signal is null)
            problem = "it names no signal";
        else if (string.IsNullOrEmpty(exporter))
            problem = "it names no exporter";
        return signal is null || string.IsNullOrEmpty(exporter) ? null : new DeadLetterLine
        {
            Signal = signal.Value,
            Exporter = exporter,
            Items = items,
            Lost = Math.Max(items - delivered, 0),
            Headers = headers,
            IsProtobuf = isProtobuf,
            Body = body,
        };
    }

    private static OtlpSignal? SignalOf(string name)
    {
        foreach (var signal in OtlpSignals.All)
        {
            if (name == signal.Name())
                return signal;
        }

        return null;
    }

    private static void ReadHeaders(ref Utf8JsonReader json, List<KeyValuePair<string, string?>> headers)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!.ToLowerInvariant();
            json.Read();
            headers.Add(new(name, json.TokenType == JsonTokenType.String ? json.GetString() : null));
            json.Skip();
        }
    }

    private static Range RangeOfValue(ref Utf8JsonReader json)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        json.Skip();
        return start..(int)json.BytesConsumed;
    }

    /// <summary>Base64 has nothing that must be escaped; text that is escaped all the same is as if it was not there.</summary>
    private static Range RangeOfText(ref Utf8JsonReader json)
    {
        var range = RangeOfValue(ref json);
        return json.TokenType == JsonTokenType.String && !json.ValueIsEscaped ? (range.Start.Value + 1)..(range.End.Value - 1) : default;
    }
}
