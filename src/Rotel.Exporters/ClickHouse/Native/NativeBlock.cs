using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// Rows of one table and one day in ClickHouse's Native format (https://clickhouse.com/docs/interfaces/formats/Native), as they are sent:
/// <see cref="Header"/>, <see cref="Body"/>, and the wanted ones of <see cref="Optional"/>. Owned by one insert, which disposes it.
/// </summary>
internal sealed class NativeBlock : IDisposable
{
    private readonly NativeHeader _header;

    /// <param name="table">Where the rows go.</param>
    /// <param name="rowCount">How many there are.</param>
    /// <param name="day">Their day.</param>
    /// <param name="columns">The columns in <paramref name="body"/>.</param>
    /// <param name="body">The columns every table of the kind has; this takes ownership.</param>
    /// <param name="optional">The others; this takes ownership.</param>
    /// <param name="uncompressedBytes">The length before compression.</param>
    /// <param name="header">Writes headers in the form of the rest.</param>
    public NativeBlock(
        ClickHouseTable table,
        int rowCount,
        int day,
        IReadOnlyList<string> columns,
        PooledSegments body,
        IReadOnlyList<OptionalColumn> optional,
        long uncompressedBytes,
        NativeHeader header)
    {
        Table = table;
        RowCount = rowCount;
        Day = day;
        Columns = columns;
        Body = body;
        Optional = optional;
        UncompressedBytes = uncompressedBytes;
        _header = header;
    }

    public ClickHouseTable Table { get; }

    public int RowCount { get; }

    /// <summary>The day of all rows, counted from 1970-01-01 in UTC: the schema's partition.</summary>
    public int Day { get; }

    /// <summary>The names of the columns in <see cref="Body"/>, in order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The columns that every table of the kind has.</summary>
    public PooledSegments Body { get; }

    /// <summary>Columns that may be sent after them, in this order.</summary>
    public IReadOnlyList<OptionalColumn> Optional { get; }

    /// <summary>The length before compression, optional columns included.</summary>
    public long UncompressedBytes { get; }

    /// <summary>Bytes charged to the budget.</summary>
    public long Charge => Body.Charge + Optional.Sum(column => column.Body.Charge);

    /// <summary>What comes before <see cref="Body"/> when so many optional columns follow it.</summary>
    public ReadOnlyMemory<byte> Header(int optionalColumns) => _header.Write(Columns.Count + optionalColumns, RowCount);

    public void Dispose()
    {
        Body.Dispose();
        foreach (var column in Optional)
            column.Body.Dispose();
    }
}
