using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Rotel.Otlp.Json;

/// <summary>The texts inside JSON strings: escapes, hexadecimal ids, base64.</summary>
internal static class JsonText
{
    /// <summary>
    /// Stands for half a surrogate pair, which has no UTF-8 form: a byte that UTF-8 never holds, so that such a text is counted, repaired
    /// to one U+FFFD or refused where every other broken text is.
    /// </summary>
    public const byte LoneSurrogate = 0xFF;

    /// <summary>
    /// Resolves the escapes of a string that a JSON reader has accepted, and returns the length of its text, which is never more than that
    /// of the string.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> text)
    {
        var length = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            var run = plain < 0 ? escaped : escaped[..plain];
            run.CopyTo(text[length..]);
            length += run.Length;
            if (plain < 0)
                return length;

            escaped = escaped[(plain + 1)..];
            if (escaped[0] == 'u')
            {
                length += UnescapeUnicode(ref escaped, text[length..]);
                continue;
            }

            text[length++] = escaped[0] switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                var itself => itself,
            };
            escaped = escaped[1..];
        }
    }

    /// <summary>Decodes base64 of either alphabet, with or without padding (https://protobuf.dev/programming-guides/json/).</summary>
    /// <param name="text">The text; not empty.</param>
    /// <param name="bytes">Room for at least as many bytes as the text has.</param>
    /// <param name="length">How many bytes were written.</param>
    public static bool TryDecodeBase64(ReadOnlySpan<byte> text, Span<byte> bytes, out int length)
    {
        if (text.IndexOfAny((byte)'-', (byte)'_') >= 0)
            return Base64Url.DecodeFromUtf8(text, bytes, out _, out length) == OperationStatus.Done;

        var rest = text.Length % 4;
        if (Base64.DecodeFromUtf8(text[..^rest], bytes, out _, out length, isFinalBlock: rest == 0) != OperationStatus.Done)
            return false;
        if (rest == 0)
            return true;

        Span<byte> padded = stackalloc byte[4];
        padded.Fill((byte)'=');
        text[^rest..].CopyTo(padded);
        var isDecoded = Base64.DecodeFromUtf8(padded, bytes[length..], out _, out var last) == OperationStatus.Done;
        length += last;
        return isDecoded;
    }

    /// <summary>
    /// Reads <c>XXXX</c> of <c>\uXXXX</c>, and the other half of a pair where one follows; returns the length of the text.
    /// </summary>
    private static int UnescapeUnicode(ref ReadOnlySpan<byte> escaped, Span<byte> text)
    {
        var unit = ReadUnit(escaped[1..]);
        escaped = escaped[5..];
        if (char.IsHighSurrogate(unit) && escaped.Length >= 6 && escaped[0] == '\\' && escaped[1] == 'u')
        {
            var low = ReadUnit(escaped[2..]);
            if (char.IsLowSurrogate(low))
            {
                escaped = escaped[6..];
                return new Rune(unit, low).EncodeToUtf8(text);
            }
        }

        if (Rune.TryCreate(unit, out var rune))
            return rune.EncodeToUtf8(text);
        text[0] = LoneSurrogate;
        return 1;
    }

    private static char ReadUnit(ReadOnlySpan<byte> hex) =>
        Utf8Parser.TryParse(hex[..4], out ushort unit, out _, 'x') ? (char)unit : char.MaxValue;
}
