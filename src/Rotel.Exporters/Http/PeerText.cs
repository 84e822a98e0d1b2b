using Rotel.Otlp;

namespace Rotel.Exporters.Http;

/// <summary>Text of a destination's on its way into a log line.</summary>
internal static class PeerText
{
    /// <summary>Enough for any sentence; the log has one line for it.</summary>
    private const int MaxLength = 512;

    /// <summary>Ends a text that was cut.</summary>
    public const string Cut = BoundedText.Cut;

    /// <summary>On one line, without control characters, cut.</summary>
    public static string Clean(string text) => BoundedText.OneLine(text, MaxLength);

    /// <inheritdoc cref="Clean(string)"/>
    public static string Clean(ReadOnlySpan<byte> utf8) => Clean(BoundedText.Decode(utf8));

    /// <summary>A URL as logs show it: user information and query can hold secrets.</summary>
    public static string Show(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
