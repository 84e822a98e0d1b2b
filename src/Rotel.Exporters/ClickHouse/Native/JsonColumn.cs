using System.Buffers.Binary;
using Rotel.Exporters.ClickHouse.Values;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// JSON with typed values, in the first version of the type's own serialization, which every server that has the type reads: the paths, a
/// column for each, and last the values of paths that have none. Key-value lists become the paths of their members.
/// </summary>
/// <remarks>
/// A row must have a path once: the server takes a second one in and fails when it merges. So a row is gathered first, where the last of
/// two values of a path, or of a path and its members, replaces the other.
/// </remarks>
internal sealed class JsonColumn : AttributesColumn
{
    /// <summary>
    /// Paths with columns of their own; a column costs a byte for every row without a value. What comes later is shared, as in the tables
    /// beyond their own limit (1024 by default).
    /// </summary>
    public const int MaxPathColumns = 512;

    /// <summary>The same where the column is the elements of arrays, of which there may be many more than rows.</summary>
    public const int MaxElementPathColumns = 128;

    /// <summary>
    /// How many bytes the paths of a row may repeat of the keys they are below, for each byte of the attributes. A long key with very many
    /// short ones below it would be many times itself; such a list becomes text.
    /// </summary>
    private const long MaxRepetition = 16;

    private const ulong Version = 0;
    private const int Undecided = -1;
    private const int Shared = -2;

    private readonly BufferPool _pool;
    private readonly int _maxPathColumns;
    private readonly bool _replacesDots;
    private readonly DynamicBytes _dynamic;
    private readonly JsonRow _row;
    private readonly LowCardinalityColumn _paths;
    private readonly ArrayColumn<LowCardinalityColumn>? _keys;
    private readonly PooledBytes _path;
    private readonly PooledBytes _sharedEnds;
    private readonly PooledBytes _sharedPaths;
    private readonly PooledBytes _sharedValues;
    private readonly PooledBytes _typed;
    private readonly List<JsonPathColumn> _columns = [];

    /// <summary>For each path by its index its column's number; <see cref="Shared"/> when it has none.</summary>
    private readonly List<int> _columnOf = [];

    /// <summary>The paths of the columns in use, sorted once the block is complete.</summary>
    private readonly List<int> _columnPaths = [];

    private long _repetitionsLeft;
    private int _rows;
    private int _bytes;
    private ulong _sharedCount;

    /// <param name="pool">Where memory comes from.</param>
    /// <param name="encoding">How deep values stay structured, and what becomes of dots.</param>
    /// <param name="maxPathColumns">How many paths get columns of their own.</param>
    /// <param name="withKeys">Whether <see cref="Keys"/> is kept.</param>
    public JsonColumn(BufferPool pool, ClickHouseEncoding encoding, int maxPathColumns, bool withKeys)
        : base("JSON")
    {
        _pool = pool;
        _maxPathColumns = maxPathColumns;
        _replacesDots = encoding.ReplacesDots;
        _dynamic = new DynamicBytes(pool, encoding.MaxDepth);
        _paths = new LowCardinalityColumn(pool);
        _row = new JsonRow(pool, _paths.Dictionary);
        _keys = withKeys ? new ArrayColumn<LowCardinalityColumn>(pool, _paths) : null;
        _path = new PooledBytes(pool);
        _sharedEnds = new PooledBytes(pool);
        _sharedPaths = new PooledBytes(pool);
        _sharedValues = new PooledBytes(pool);
        _typed = new PooledBytes(pool);
    }

    /// <summary>The paths of each row.</summary>
    public override NativeColumn? Keys => _keys;

    public override int Bytes => _bytes + _sharedPaths.Length + _sharedValues.Length;

    public override void Append(WireList<KeyValueReader> attributes)
    {
        _row.Begin();
        _repetitionsLeft = MaxRepetition * attributes.Range.Length;
        AppendMembers(attributes, prefixLength: 0, depth: 0);
        _row.End();
        AppendRow();
    }

    public override void RepeatLast() => AppendRow();

    public override void WritePrefix(BlockFrames frames)
    {
        var paths = _paths.Dictionary;
        _columnPaths.Sort((left, right) => paths[left].SequenceCompareTo(paths[right]));
        WriteNumber(frames, Version);

        // Once as the limit of paths, which servers of today take from the table instead, once as their number.
        WriteVarint(frames, (uint)_columnPaths.Count);
        WriteVarint(frames, (uint)_columnPaths.Count);
        foreach (var path in _columnPaths)
        {
            WriteVarint(frames, (uint)paths[path].Length);
            frames.Write(paths[path]);
        }

        foreach (var path in _columnPaths)
            _columns[_columnOf[path]].WritePrefix(frames);
    }

    public override void WriteData(BlockFrames frames)
    {
        foreach (var path in _columnPaths)
            _columns[_columnOf[path]].WriteData(frames, _rows);
        frames.Write(_sharedEnds.Span);
        frames.Write(_sharedPaths.Span);
        frames.Write(_sharedValues.Span);
    }

    public override void Clear()
    {
        for (var i = 0; i < _columnPaths.Count; i++)
            _columns[i].Clear();
        _columnPaths.Clear();
        _columnOf.Clear();
        _paths.Clear();
        _keys?.Clear();
        _row.Clear();
        _sharedEnds.Clear();
        _sharedPaths.Clear();
        _sharedValues.Clear();
        _sharedCount = 0;
        _rows = 0;
        _bytes = 0;
    }

    public override void Release()
    {
        Clear();
        foreach (var column in _columns)
            column.Release();
        _paths.Release();
        _keys?.Release();
        _row.Release();
        _path.Release();
        _sharedEnds.Release();
        _sharedPaths.Release();
        _sharedValues.Release();
        _typed.Release();
        _dynamic.Release();
    }

    private void AppendMembers(WireList<KeyValueReader> pairs, int prefixLength, int depth)
    {
        foreach (var pair in pairs)
        {
            var value = pair.Value;
            var isList = value.Kind == AnyValueKind.KeyValueList && _dynamic.IsStructured(value.Kind, depth);
            var path = pair.Key;
            if (depth > 0 || isList || _replacesDots)
                path = JoinPath(path, prefixLength, depth);
            if (!isList || !TryAppendList(path, value.KeyValues.Values, depth))
                AppendValue(path, value, depth);
        }
    }

    private bool TryAppendList(ReadOnlySpan<byte> path, WireList<KeyValueReader> members, int depth)
    {
        var repeated = (long)members.Count * path.Length;
        if (repeated > _repetitionsLeft)
            return false;

        _repetitionsLeft -= repeated;
        var list = _row.BeginList(path);
        AppendMembers(members, path.Length, depth + 1);
        _row.EndList(list);
        return true;
    }

    /// <summary>Puts the path of a member where the prefix already is.</summary>
    private ReadOnlySpan<byte> JoinPath(ReadOnlySpan<byte> key, int prefixLength, int depth)
    {
        _path.Length = prefixLength;
        if (depth > 0)
            _path.WriteByte((byte)'.');
        var room = _path.Append(key.Length);
        key.CopyTo(room);
        if (_replacesDots)
            room.Replace((byte)'.', (byte)'_');
        return _path.Span;
    }

    private void AppendValue(ReadOnlySpan<byte> path, AnyValueReader value, int depth)
    {
        switch (value.Kind)
        {
            case AnyValueKind.None or AnyValueKind.StringIndex:
                _row.Remove(path);
                return;
            case AnyValueKind.Array when _dynamic.IsStructured(value.Kind, depth):
                _dynamic.Write(value, _row.BeginValue(), depth);
                _row.EndValue(path, DynamicKind.Other);
                return;
            default:
                DynamicBytes.WriteBare(value, _row.BeginValue());
                _row.EndValue(path, KindOf(value.Kind));
                return;
        }
    }

    private static DynamicKind KindOf(AnyValueKind kind) => kind switch
    {
        AnyValueKind.Bool => DynamicKind.Bool,
        AnyValueKind.Int => DynamicKind.Int64,
        AnyValueKind.Double => DynamicKind.Float64,
        _ => DynamicKind.String,
    };

    /// <summary>Appends what was gathered, in the order of paths.</summary>
    private void AppendRow()
    {
        var count = 0;
        for (var i = 0; i < _row.Count; i++)
        {
            if (!_row.TryGet(i, out var path, out var kind, out var value))
                continue;

            count++;
            _bytes += value.Length + 1;
            if (_keys is not null)
                _paths.Append(path);
            if (ColumnOf(path) is var column and not Shared)
                _columns[column].Append(_rows, kind, value);
            else
                AppendShared(path, kind, value);
        }

        _keys?.EndRow(count);
        _sharedEnds.WriteUInt64(_sharedCount);
        _rows++;
    }

    private int ColumnOf(int path)
    {
        while (_columnOf.Count <= path)
            _columnOf.Add(Undecided);
        if (_columnOf[path] == Undecided)
        {
            _columnOf[path] = Shared;
            if (_columnPaths.Count < _maxPathColumns)
            {
                _columnOf[path] = _columnPaths.Count;
                _columnPaths.Add(path);
                if (_columns.Count < _columnPaths.Count)
                    _columns.Add(new JsonPathColumn(_pool));
            }
        }

        return _columnOf[path];
    }

    private void AppendShared(int path, DynamicKind kind, ReadOnlySpan<byte> value)
    {
        _typed.Clear();
        DynamicBytes.WriteTyped(kind, value, _typed);
        _sharedPaths.WriteString(_paths.Dictionary[path]);
        _sharedValues.WriteString(_typed.Span);
        _sharedCount++;
    }

    private static void WriteNumber(BlockFrames frames, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        frames.Write(bytes);
    }

    private static void WriteVarint(BlockFrames frames, uint value)
    {
        Span<byte> bytes = stackalloc byte[WireFormat.MaxVarintLength];
        frames.Write(bytes[..WireFormat.WriteVarint(bytes, value)]);
    }
}
