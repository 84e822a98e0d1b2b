using System.Text.Json;

namespace Rotel.Otlp.Json;

/// <summary>
/// Reads the short JSON that a destination answers, and that may be anything: a value of another type is as if it was not there.
/// </summary>
internal static class JsonAnswer
{
    public static Utf8JsonReader Open(ReadOnlySpan<byte> body) => new(body.StartsWith("\uFEFF"u8) ? body[3..] : body);

    /// <summary>Whether an exception of the reader says that the text is not JSON or not Unicode.</summary>
    public static bool IsFault(Exception exception) => exception is JsonException or InvalidOperationException;

    /// <summary>Reads the value of a property, an integer as number or string; 0 for anything else.</summary>
    public static long ReadInteger(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Number or JsonTokenType.String
            && JsonInteger.TryParse(json.ValueSpan, out var isNegative, out var magnitude) == OtlpJsonFault.None)
        {
            var value = (long)Math.Min(magnitude, long.MaxValue);
            return isNegative ? -value : value;
        }

        json.Skip();
        return 0;
    }

    /// <summary>Reads the value of a property, a string, cut to <see cref="BoundedText.MaxBytes"/>; empty for anything else.</summary>
    public static string ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return "";
        }

        var text = json.ValueSpan;
        if (!json.ValueIsEscaped)
            return BoundedText.Decode(text);
        var unescaped = new byte[text.Length];
        return BoundedText.Decode(unescaped.AsSpan(0, JsonText.Unescape(text, unescaped)));
    }
}
