using Rotel.Exporters.ClickHouse.Native;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Days as the tables are partitioned by.</summary>
internal static class UnixDay
{
    private const ulong Nanoseconds = 86_400_000_000_000;

    /// <summary>The day of a time in UTC, counted from 1970-01-01; of times that <see cref="TimeColumn"/> cannot hold, that of its last.</summary>
    public static int Of(ulong unixNano) => (int)(Math.Min(unixNano, long.MaxValue) / Nanoseconds);
}
