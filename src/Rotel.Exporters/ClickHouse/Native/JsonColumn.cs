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
/// A row must have a path once: the server takes a second one in and fails when it merges. So a row that is not flat is gathered first, where
/// the last of two values of a path, or of a path and its members, replaces the other.
/// </remarks>
internal sealed class JsonColumn : AttributesColumn
{
    /// <summary>
    /// Paths with columns of their own; a column costs a byte for every row without a value. What comes later is shared, as in the tables
    /// beyond their own limit (1024 by default).
    /// </summary>
    public const int MaxPathColumns = 512;

    /// <summary>The same where the column is the elements of arrays, of which there may be many more than rows.</summary>
    public const int MaxElementPathColumns = 32;

    /// <summary>
    /// How many bytes the paths of a row may repeat of the keys they are below, for each byte of the attributes. A long key with very many
    /// short ones below it would be many times itself; such a list becomes text.
    /// </summary>
    private const long MaxRepetition = 16;

    /// <summary>And how many at all.</summary>
    private const long MaxRepetitionBytes = 16 * 1024 * 1024;

    private const int FirstFlat = 64;

    /// <summary>A row with more values is gathered, as an odd one.</summary>
    private const int MaxFlat = 512;

    private const ulong Version = 0;

    private readonly bool _replacesDots;
    private readonly DynamicBytes _dynamic;
    private readonly LowCardinalityColumn _paths;
    private readonly AttributeShapes _shapes;
    private readonly JsonPathColumns _columns;
    private readonly JsonRow _row;
    private readonly ArrayColumn<LowCardinalityColumn>? _keys;
    private readonly PooledBytes _path;
    private readonly PooledBytes _sharedEnds;
    private readonly PooledBytes _sharedPaths;
    private readonly PooledBytes _sharedValues;
    private readonly PooledBytes _typed;

    private long _repetitionsLeft;
    private int _rows;
    private ulong _sharedCount;

    /// <summary>The columns that the last row, if a flat one, has values in, and their paths, in the order of its attributes.</summary>
    private JsonPathColumn[] _flatColumns = new JsonPathColumn[FirstFlat];
    private int[] _flatPaths = new int[FirstFlat];
    private int _flatCount;
    private bool _lastIsFlat;

    /// <summary>How often the last row, a flat one, is still to be repeated.</summary>
    private int _repeats;

    /// <param name="pool">Where memory comes from.</param>
    /// <param name="encoding">How deep values stay structured, and what becomes of dots.</param>
    /// <param name="maxPathColumns">How many paths get columns of their own.</param>
    /// <param name="withKeys">Whether <see cref="Keys"/> is kept.</param>
    public JsonColumn(BufferPool pool, ClickHouseEncoding encoding, int maxPathColumns, bool withKeys)
        : base("JSON")
    {
        _replacesDots = encoding.ReplacesDots;
        _dynamic = new DynamicBytes(pool, encoding.MaxDepth);
        _paths = new LowCardinalityColumn(pool);
        _shapes = new AttributeShapes(_paths.Dictionary);
        _columns = new JsonPathColumns(pool, _paths.Dictionary, maxPathColumns);
        _row = new JsonRow(pool, _paths.Dictionary, _shapes);
        _keys = withKeys ? new ArrayColumn<LowCardinalityColumn>(pool, _paths) : null;
        _path = new PooledBytes(pool);
        _sharedEnds = new PooledBytes(pool);
        _sharedPaths = new PooledBytes(pool);
        _sharedValues = new PooledBytes(pool);
        _typed = new PooledBytes(pool);
    }

    /// <summary>The paths of each row.</summary>
    public override NativeColumn? Keys => _keys;

    public override void Append(WireList<KeyValueReader> attributes)
    {
        AppendRepeats();
        _lastIsFlat = TryAppendFlat(attributes);
        if (_lastIsFlat)
            return;

        _row.Begin();
        _repetitionsLeft = Math.Min(MaxRepetition * attributes.Range.Length, MaxRepetitionBytes);
        AppendMembers(attributes, prefixLength: 0, depth: 0);
        _row.End();
        AppendGathered();
    }

    public override void RepeatLast()
    {
        if (_lastIsFlat)
            _repeats++;
        else
            AppendGathered();
    }

    public override void WritePrefix(BlockFrames frames)
    {
        AppendRepeats();
        WriteNumber(frames, Version);
        _columns.WritePrefix(frames);
    }

    public override void WriteData(BlockFrames frames)
    {
        _columns.WriteData(frames, _rows);
        frames.Write(_sharedEnds.Span);
        frames.Write(_sharedPaths.Span);
        frames.Write(_sharedValues.Span);
    }

    public override void Clear()
    {
        _columns.Clear();
        _paths.Clear();
        _shapes.Clear();
        _keys?.Clear();
        _row.Clear();
        _sharedEnds.Clear();
        _sharedPaths.Clear();
        _sharedValues.Clear();
        _sharedCount = 0;
        _rows = 0;
        _repeats = 0;
        _flatCount = 0;
        _lastIsFlat = false;
    }

    public override void Release()
    {
        Clear();
        _columns.Release();
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

    /// <summary>
    /// Appends a row as nearly all are, straight into the columns of its paths: strings, numbers and booleans, each path once and with a
    /// column of its own. False, and nothing is appended, for any other.
    /// </summary>
    private bool TryAppendFlat(WireList<KeyValueReader> attributes)
    {
        if (attributes.Count > _flatPaths.Length && !TryGrowFlat(attributes.Count))
            return false;

        _flatCount = 0;
        var shape = AttributeShapes.Root;
        var reader = new WireReader(attributes.Range);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag != attributes.Tag)
            {
                reader.Skip(tag);
                continue;
            }

            var pair = reader.ReadBytes();
            if (!PlainPair.TryRead(pair, out var key, out var valueLength))
                return RemoveFlat();
            if (_replacesDots)
                key = JoinPath(key, 0, 0);
            shape = _shapes.Next(shape, key, out var path);
            if (_columns.Of(path) is not { } column || !column.TryAppend(_rows, pair[^valueLength..]))
                return RemoveFlat();
            _flatColumns[_flatCount] = column;
            _flatPaths[_flatCount++] = path;
        }

        AppendFlatKeys(shape);
        _sharedEnds.WriteUInt64(_sharedCount);
        _rows++;
        return true;
    }

    private bool TryGrowFlat(int count)
    {
        if (count > MaxFlat)
            return false;
        _flatColumns = new JsonPathColumn[MaxFlat];
        _flatPaths = new int[MaxFlat];
        return true;
    }

    private bool RemoveFlat()
    {
        for (var i = 0; i < _flatCount; i++)
            _flatColumns[i].RemoveLast();
        return false;
    }

    private void AppendFlatKeys(int shape)
    {
        if (_keys is null)
            return;

        var paths = _flatPaths.AsSpan(0, _flatCount);
        if (_shapes.Order(shape, paths) is { } order)
        {
            foreach (var place in order)
                _paths.Append(paths[place]);
        }
        else
        {
            foreach (var path in paths)
                _paths.Append(path);
        }

        _keys.EndRow(_flatCount);
    }

    /// <summary>Column by column, for most rows repeat the resource of the one before.</summary>
    private void AppendRepeats()
    {
        if (_repeats == 0)
            return;

        for (var i = 0; i < _flatCount; i++)
            _flatColumns[i].RepeatLast(_rows, _repeats);
        for (var i = 0; i < _repeats; i++)
        {
            _sharedEnds.WriteUInt64(_sharedCount);
            if (_keys is null)
                continue;
            _paths.Repeat(_paths.RowCount - _flatCount, _flatCount);
            _keys.EndRow(_flatCount);
        }

        _rows += _repeats;
        _repeats = 0;
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
    private void AppendGathered()
    {
        var count = 0;
        for (var i = 0; i < _row.Count; i++)
        {
            if (!_row.TryGet(i, out var path, out var kind, out var value))
                continue;

            count++;
            if (_keys is not null)
                _paths.Append(path);
            if (_columns.Of(path) is { } column)
                column.Append(_rows, kind, value);
            else
                AppendShared(path, kind, value);
        }

        _keys?.EndRow(count);
        _sharedEnds.WriteUInt64(_sharedCount);
        _rows++;
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
}
