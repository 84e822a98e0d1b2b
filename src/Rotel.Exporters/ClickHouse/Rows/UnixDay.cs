namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Days as the tables are partitioned by.</summary>
internal static class UnixDay
{
    private const ulong Nanoseconds = 86_400_000_000_000;

    /// <summary>The day of a time in UTC, counted from 1970-01-01.</summary>
    public static int Of(ulong unixNano) => (int)(unixNano / Nanoseconds);
}
