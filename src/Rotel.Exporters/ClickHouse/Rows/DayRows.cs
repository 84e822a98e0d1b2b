namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// The rows of one table while a batch is encoded, apart by day: the tables are partitioned by it, and the server takes only so many
/// partitions in one insert. Nearly always there is one day, at midnight two.
/// </summary>
internal sealed class DayRows<TRows>(Func<TRows> create, SignalBlocks blocks)
    where TRows : TableRows
{
    private readonly Dictionary<int, TRows> _open = [];
    private TRows? _idle;
    private TRows? _current;
    private int _currentDay;

    /// <summary>The rows of a day, with room for one more.</summary>
    public TRows Of(int day) => day == _currentDay && _current is { IsFull: false } rows ? rows : Find(day);

    /// <summary>Makes blocks of all rows.</summary>
    public void Close()
    {
        foreach (var (day, rows) in _open)
        {
            if (rows.RowCount > 0)
                blocks.Close(rows, day);
        }
    }

    /// <summary>Forgets all rows and gives their memory back.</summary>
    public void Release()
    {
        foreach (var rows in _open.Values)
        {
            rows.Release();

            // One day's columns are enough to keep: many days in one batch are late data.
            _idle = rows;
        }

        _open.Clear();
        _current = null;
    }

    private TRows Find(int day)
    {
        if (!_open.TryGetValue(day, out var rows))
        {
            blocks.OpenDay();
            _open.Add(day, rows = _idle ?? create());
            _idle = null;
        }

        if (rows.IsFull)
            blocks.Close(rows, day);
        _current = rows;
        _currentDay = day;
        return rows;
    }
}
