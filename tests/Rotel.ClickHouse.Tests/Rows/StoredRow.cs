namespace Rotel.ClickHouse.Rows;

/// <summary>A row as a table holds it, or should: each column's value as a <see cref="CellText"/>.</summary>
internal sealed class StoredRow
{
    private readonly Dictionary<string, string> _cells = new(StringComparer.Ordinal);

    public IEnumerable<string> Columns => _cells.Keys;

    public string? this[string column]
    {
        get => _cells.GetValueOrDefault(column);
        set => _cells[column] = value!;
    }

    /// <summary>Equal for equal values in the columns given.</summary>
    public string Key(IReadOnlyList<string> columns) => string.Join('\u001f', columns.Select(column => this[column]));
}
