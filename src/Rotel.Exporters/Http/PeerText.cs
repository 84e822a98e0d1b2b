using Rotel.Otlp;

namespace Rotel.Exporters.Http;

/// <summary>Text of a destination's on its way into a log line.</summary>
internal static class PeerText
{
    /// <summary>Enough for any sentence; the log has one line for it.</summary>
    private const int MaxLength = 512;

    /// <summary>On one line, without control characters, cut.</summary>
    public static string Clean(string text)
    {
        var cut = text.Length > MaxLength;
        if (cut)
            text = text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        text = string.Create(text.Length, text, static (clean, raw) =>
        {
            for (var i = 0; i < raw.Length; i++)
                clean[i] = char.IsControl(raw[i]) || raw[i] is '\u2028' or '\u2029' ? ' ' : raw[i];
        }).Trim();
        return cut ? text + "…" : text;
    }

    /// <inheritdoc cref="Clean(string)"/>
    public static string Clean(ReadOnlySpan<byte> utf8) => Clean(BoundedText.Decode(utf8));

    /// <summary>A URL as logs show it: user information and query can hold secrets.</summary>
    public static string Show(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
