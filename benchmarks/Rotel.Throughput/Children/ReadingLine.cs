using System.Globalization;

namespace Rotel.Throughput.Children;

/// <summary>
/// What a child process answers to the driver: one line, a word and then <c>name=number</c> pairs. Whole numbers only; the unit is in the
/// name.
/// </summary>
internal static class ReadingLine
{
    /// <summary>Writes the line in one call, so that it cannot be cut in two by another writer of standard output.</summary>
    public static void Write(string word, params ReadOnlySpan<(string Name, long Value)> readings)
    {
        var line = word;
        foreach (var (name, value) in readings)
            line += string.Create(CultureInfo.InvariantCulture, $" {name}={value}");
        Console.Out.WriteLine(line);
    }

    public static Dictionary<string, long> Parse(string line)
    {
        var readings = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var pair in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            readings[pair[..equals]] = long.Parse(pair.AsSpan(equals + 1), CultureInfo.InvariantCulture);
        }

        return readings;
    }
}
