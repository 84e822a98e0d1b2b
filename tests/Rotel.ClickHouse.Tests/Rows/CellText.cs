using System.Globalization;
using System.Text;

namespace Rotel.ClickHouse.Rows;

/// <summary>
/// How a value of a table is written down so that two of them are equal when, and only when, their bytes are: texts quoted, doubles with
/// their bits, times in nanoseconds. Expected rows and rows read back both end here.
/// </summary>
internal static class CellText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Of(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Bytes that are no UTF-8, which no row should hold, are told apart from every text.</summary>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Of(Strict.GetString(utf8));
        }
        catch (DecoderFallbackException)
        {
            return "not UTF-8: " + Convert.ToHexStringLower(utf8);
        }
    }

    public static string Of(double value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value} ({BitConverter.DoubleToUInt64Bits(value):x16})");

    public static string Of(bool value) => value ? "true" : "false";

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Of(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Array(IEnumerable<string> elements) => $"[{string.Join(", ", elements)}]";

    /// <summary>In the order given, duplicates and all.</summary>
    public static string Map(IEnumerable<(string Key, string Value)> entries) =>
        $"{{{string.Join(", ", entries.Select(entry => $"{entry.Key}: {entry.Value}"))}}}";

    /// <summary>A JSON object by its paths, whose order means nothing; a path may stand here once.</summary>
    public static string Json(IEnumerable<(string Path, string Value)> paths) =>
        Map(paths.OrderBy(path => path.Path, StringComparer.Ordinal).Select(path => (Of(path.Path), path.Value)));
}
