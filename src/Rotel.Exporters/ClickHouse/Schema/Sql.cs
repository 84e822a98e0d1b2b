using System.Globalization;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>How names and times are written in statements.</summary>
internal static class Sql
{
    /// <summary>A name as an identifier, whatever characters it has.</summary>
    public static string Quote(string name) =>
        $"`{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}`";

    /// <summary>A table with its database.</summary>
    public static string Quote(string database, string table) => $"{Quote(database)}.{Quote(table)}";

    /// <summary>Whole seconds in the largest unit that they are a multiple of.</summary>
    public static string Interval(TimeSpan time)
    {
        var seconds = (long)time.TotalSeconds;
        var (function, unit) = (seconds % 86400, seconds % 3600, seconds % 60) switch
        {
            (0, _, _) => ("toIntervalDay", 86400),
            (_, 0, _) => ("toIntervalHour", 3600),
            (_, _, 0) => ("toIntervalMinute", 60),
            _ => ("toIntervalSecond", 1),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{function}({seconds / unit})");
    }
}
