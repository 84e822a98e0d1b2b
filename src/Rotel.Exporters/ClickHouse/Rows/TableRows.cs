using System.Text;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// The rows of one table that become one block: its columns, in the order they are sent. Filled by the table's own <c>Append</c>, closed
/// when it is full or its batch ends, then filled again. Used by one thread at a time.
/// </summary>
internal abstract class TableRows(ClickHouseTable table, ColumnFactory columns)
{
    /// <summary>Enough for dictionaries to pay, few enough for their columns to stay in the processor's caches.</summary>
    private const int MaxRows = 8192;

    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>What an event, a link or an exemplar takes at least, however few bytes it comes in.</summary>
    private const int ElementBytes = 64;

    private readonly List<NamedColumn> _required = [];
    private readonly List<NamedColumn> _optional = [];
    private string[]? _names;

    public int RowCount { get; private set; }

    /// <summary>About what the rows take before compression.</summary>
    public long Bytes { get; private set; }

    public bool IsFull => RowCount >= MaxRows || Bytes >= MaxBytes;

    /// <summary>Where the columns of this table come from.</summary>
    protected ColumnFactory Columns => columns;

    /// <summary>About what a row takes, known before it is made.</summary>
    /// <param name="context">What is repeated in it.</param>
    /// <param name="itemBytes">The length of the item it is made of.</param>
    /// <param name="elements">How many elements the arrays of its Nested columns have, all together.</param>
    public static long BytesOf(in ItemContext context, int itemBytes, int elements) =>
        (long)context.Bytes + itemBytes + ((long)elements * ElementBytes);

    /// <summary>Makes a block of the rows, the caller's, and starts anew.</summary>
    public NativeBlock Close(int day, BlockFrames frames)
    {
        var body = new PooledSegments(columns.Pool);
        var optional = new List<OptionalColumn>(_optional.Count);
        try
        {
            frames.Begin(body);
            foreach (var column in _required)
                column.WriteTo(frames);
            frames.End();
            body.Seal();
            var uncompressed = frames.UncompressedBytes;
            foreach (var column in _optional)
            {
                optional.Add(new OptionalColumn(column.Name, new PooledSegments(columns.Pool)));
                frames.Begin(optional[^1].Body);
                column.WriteTo(frames);
                frames.End();
                optional[^1].Body.Seal();
                uncompressed += frames.UncompressedBytes;
            }

            _names ??= _required.ConvertAll(column => column.Name).ToArray();
            var block = new NativeBlock(table, RowCount, day, _names, body, optional, uncompressed, frames.Header);
            Clear();
            return block;
        }
        catch
        {
            body.Dispose();
            foreach (var column in optional)
                column.Body.Dispose();
            throw;
        }
    }

    /// <summary>Makes it empty and gives its memory back.</summary>
    public virtual void Release()
    {
        Clear();
        foreach (var column in _required)
            column.Column.Release();
        foreach (var column in _optional)
            column.Column.Release();
    }

    /// <summary>Adds a column that every table of the kind has.</summary>
    protected TColumn Add<TColumn>(string name, TColumn column)
        where TColumn : NativeColumn
    {
        _required.Add(new NamedColumn(name, column));
        return column;
    }

    /// <summary>Adds a column of attributes, and in JSON mode the optional one of their keys, which is filled with it.</summary>
    protected AttributesColumn AddAttributes(string name)
    {
        var column = Add(name, columns.Attributes(withKeys: true));
        if (column.Keys is { } keys)
            AddOptional($"{name}Keys", keys);
        return column;
    }

    /// <summary>Adds a column that only some tables have.</summary>
    protected TColumn AddOptional<TColumn>(string name, TColumn column)
        where TColumn : NativeColumn
    {
        _optional.Add(new NamedColumn(name, column));
        return column;
    }

    /// <summary>Says that every column has one more row.</summary>
    /// <param name="rowBytes">What <see cref="BytesOf"/> says of it.</param>
    protected void EndRow(long rowBytes)
    {
        RowCount++;
        Bytes += rowBytes;
    }

    private protected virtual void Clear()
    {
        foreach (var column in _required)
            column.Column.Clear();
        foreach (var column in _optional)
            column.Column.Clear();
        RowCount = 0;
        Bytes = 0;
    }

    private sealed class NamedColumn(string name, NativeColumn column)
    {
        private readonly byte[] _head = [.. Prefixed(name), .. Prefixed(column.Type)];

        public string Name => name;

        public NativeColumn Column => column;

        public void WriteTo(BlockFrames frames)
        {
            frames.Write(_head);
            column.WritePrefix(frames);
            column.WriteData(frames);
        }

        /// <summary>Names and types are shorter than 128 bytes.</summary>
        private static byte[] Prefixed(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            return [checked((byte)(sbyte)utf8.Length), .. utf8];
        }
    }
}
