using System.Buffers.Text;
using System.Text;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>Status codes of HTTP as texts.</summary>
internal static class HttpStatus
{
    private const int First = 100;
    private const int End = 600;

    /// <summary>A code and what it says, <c>500 Internal Server Error</c>, by the code; a code that has no text stands for itself.</summary>
    private static readonly byte[][] Texts = [.. Enumerable.Range(First, End - First).Select(TextOf)];

    /// <summary>Whether a text is a status code.</summary>
    public static bool IsLegal(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int code, out var read) && read == text.Length && code is >= First and < End;

    /// <summary>Empty for a number that is no status code.</summary>
    public static ReadOnlySpan<byte> Text(long code) => code is >= First and < End ? Texts[(int)code - First] : default;

    private static byte[] TextOf(int code)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)code);
        return Encoding.UTF8.GetBytes(string.IsNullOrEmpty(response.ReasonPhrase) ? $"{code}" : $"{code} {response.ReasonPhrase}");
    }
}
