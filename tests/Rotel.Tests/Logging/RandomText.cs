namespace Rotel.Logging;

/// <summary>Text with everything in it that a format could stumble over.</summary>
internal static class RandomText
{
    private static readonly string[] Parts =
    [
        "a", "word", " ", "\n", "\r\n", "\r", "\0", "\t", "\u001b[2J", "\u007f", "\u0085", "\u2028", "\u2029", "\"", "\\", "'", "<",
        "é", "漢",
        "😀", "\ud83d", "\udc00", "\u202e", "{", "}", "[1] ", "2026-11-23T09:00:00.123Z info  Rotel[1] forged", "\ufeff", "\uffff",
    ];

    public static string Next(Random random) => string.Concat(
        Enumerable.Range(0, random.Next(8)).Select(_ => Parts[random.Next(Parts.Length)]));
}
