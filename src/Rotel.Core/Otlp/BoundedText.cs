using System.Text;

namespace Rotel.Otlp;

/// <summary>Text that a peer sent for people to read: kept short, whatever its length and bytes.</summary>
internal static class BoundedText
{
    /// <summary>The most bytes of a peer's message that are kept; enough for any sentence, small enough for a log line.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Ends a text that <see cref="OneLine"/> has cut.</summary>
    public const string Cut = "…";

    /// <summary>Decodes at most <see cref="MaxBytes"/>, cut between characters; bytes that are not UTF-8 become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            var end = MaxBytes;

            // A character has at most three continuation bytes; more of them in a row are not UTF-8 and may be cut anywhere.
            for (var i = 0; i < 3 && (utf8[end] & 0xC0) == 0x80; i++)
                end--;
            utf8 = utf8[..end];
        }

        return Encoding.UTF8.GetString(utf8);
    }

    /// <summary>On one line, without control characters, cut: for a line of a log.</summary>
    public static string OneLine(string text, int maxLength)
    {
        var cut = text.Length > maxLength;
        if (cut)
            text = text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
        text = string.Create(text.Length, text, static (clean, raw) =>
        {
            for (var i = 0; i < raw.Length; i++)
                clean[i] = char.IsControl(raw[i]) || raw[i] is '\u2028' or '\u2029' ? ' ' : raw[i];
        }).Trim();
        return cut ? text + Cut : text;
    }
}
