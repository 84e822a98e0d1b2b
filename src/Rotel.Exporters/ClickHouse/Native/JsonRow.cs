using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// The values of one row of a JSON column by path, each path once, in the order of the paths. Kept until the next row begins, so that a
/// row can be repeated.
/// </summary>
internal sealed class JsonRow(BufferPool pool, StringDictionary paths, AttributeShapes shapes)
{
    private const int FirstValues = 64;

    /// <summary>Room for more is not kept.</summary>
    private const int MaxKeptValues = 4096;

    private readonly PooledBytes _bytes = new(pool);
    private readonly StringDictionary _listPaths = new(pool);

    /// <summary>Where the last value of each path is, by the path's index.</summary>
    private readonly List<Seen> _seen = [];

    /// <summary>Where the members of the last list at each path are, by the index of the path among those of lists.</summary>
    private readonly List<SeenList> _seenLists = [];

    private Value[] _values = new Value[FirstValues];
    private int[] _valuePaths = new int[FirstValues];
    private int[]? _order;
    private int _shape;
    private int _start;
    private long _row;
    private bool _hasLists;

    /// <summary>How many values there are, replaced ones included.</summary>
    public int Count { get; private set; }

    public void Begin()
    {
        if (_values.Length > MaxKeptValues)
        {
            _values = new Value[FirstValues];
            _valuePaths = new int[FirstValues];
        }

        _bytes.Clear();
        _row++;
        _hasLists = false;
        _shape = AttributeShapes.Root;
        Count = 0;
    }

    /// <summary>Where to write a value, before <see cref="EndValue"/> says that it is there.</summary>
    public PooledBytes BeginValue()
    {
        _start = _bytes.Length;
        return _bytes;
    }

    public void EndValue(ReadOnlySpan<byte> path, DynamicKind kind)
    {
        _shape = shapes.Next(_shape, path, out var index);
        while (_seen.Count <= index)
            _seen.Add(default);
        RemoveValue(index);
        if (_hasLists)
            RemoveList(path);

        if (Count == _values.Length)
        {
            Array.Resize(ref _values, 2 * Count);
            Array.Resize(ref _valuePaths, 2 * Count);
        }

        _seen[index] = new Seen(_row, Count);
        _values[Count] = new Value(kind, _start, _bytes.Length - _start);
        _valuePaths[Count++] = index;
    }

    /// <summary>A path that has no value, or no longer: neither itself nor, as far as they came with it, its members.</summary>
    public void Remove(ReadOnlySpan<byte> path)
    {
        var index = paths.Find(path);
        if (index >= 0 && index < _seen.Count)
            RemoveValue(index);
        if (_hasLists)
            RemoveList(path);
    }

    /// <summary>Begins the members of the key-value list at a path; to be given to <see cref="EndList"/>.</summary>
    public int BeginList(ReadOnlySpan<byte> path)
    {
        Remove(path);
        _hasLists = true;
        var list = _listPaths.IndexOf(path);
        if (list == _seenLists.Count)
            _seenLists.Add(default);
        _seenLists[list] = new SeenList(_row, Count, Count);
        return list;
    }

    public void EndList(int list) => _seenLists[list] = new SeenList(_row, _seenLists[list].First, Count);

    public void End() => _order = shapes.Order(_shape, _valuePaths.AsSpan(0, Count));

    /// <summary>The value at a place in the order of paths; false for one that was replaced.</summary>
    public bool TryGet(int place, out int path, out DynamicKind kind, out ReadOnlySpan<byte> value)
    {
        var index = _order is null ? place : _order[place];
        ref readonly var found = ref _values[index];
        path = _valuePaths[index];
        kind = found.Kind;
        value = found.Length < 0 ? default : _bytes.Span.Slice(found.Start, found.Length);
        return found.Length >= 0;
    }

    /// <summary>Forgets everything: the paths have new indexes from now on.</summary>
    public void Clear()
    {
        _seen.Clear();
        _seenLists.Clear();
        if (_seen.Capacity > MaxKeptValues)
            _seen.Capacity = 0;
        if (_seenLists.Capacity > MaxKeptValues)
            _seenLists.Capacity = 0;
        _listPaths.Clear();
        _bytes.Clear();
        Count = 0;
    }

    public void Release()
    {
        Clear();
        _bytes.Release();
        _listPaths.Release();
    }

    private void RemoveValue(int index)
    {
        if (_seen[index] is var seen && seen.Row == _row)
            _values[seen.Value].Length = -1;
    }

    private void RemoveList(ReadOnlySpan<byte> path)
    {
        var list = _listPaths.Find(path);
        if (list < 0 || _seenLists[list].Row != _row)
            return;

        for (var i = _seenLists[list].First; i < _seenLists[list].End; i++)
            _values[i].Length = -1;

        // They are gone once and for all: a third of the same path has nothing to remove.
        _seenLists[list] = default;
    }

    /// <summary>A value is marked as replaced by the length -1.</summary>
    private struct Value(DynamicKind kind, int start, int length)
    {
        public DynamicKind Kind = kind;
        public int Start = start;
        public int Length = length;
    }

    private readonly record struct Seen(long Row, int Value);

    private readonly record struct SeenList(long Row, int First, int End);
}
