using Rotel.Memory;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>The paths of a JSON column that have columns of their own: the first that come, up to a number.</summary>
/// <param name="pool">Where memory comes from.</param>
/// <param name="paths">All paths of the block.</param>
/// <param name="max">How many get a column.</param>
internal sealed class JsonPathColumns(BufferPool pool, StringDictionary paths, int max)
{
    private const int Undecided = 0;
    private const int None = -1;

    /// <summary>Room for more is not kept for the next block.</summary>
    private const int MaxKeptPaths = 8 * 1024;

    /// <summary>For each path by its index its column's number from 1 on, or <see cref="None"/>.</summary>
    private readonly List<int> _numbers = [];

    /// <summary>The paths that have columns, in the order of those.</summary>
    private readonly List<int> _paths = [];

    /// <summary>The columns of <see cref="_paths"/>, then more from earlier blocks.</summary>
    private readonly List<JsonPathColumn> _columns = [];

    /// <summary>The columns that have values, in the order of their paths; known from <see cref="WritePrefix"/> on.</summary>
    private readonly List<int> _written = [];

    /// <summary>The column of a path; null when it has none.</summary>
    public JsonPathColumn? Of(int path)
    {
        var number = path < _numbers.Count ? _numbers[path] : Undecided;
        if (number == Undecided)
            number = Decide(path);
        return number == None ? null : _columns[number - 1];
    }

    /// <summary>Writes the paths, then what each column begins with.</summary>
    public void WritePrefix(BlockFrames frames)
    {
        _written.Clear();
        for (var i = 0; i < _paths.Count; i++)
        {
            if (!_columns[i].IsEmpty)
                _written.Add(i);
        }

        _written.Sort((left, right) => paths[_paths[left]].SequenceCompareTo(paths[_paths[right]]));

        // Once as the limit of paths, which servers of today take from the table instead, once as their number.
        WriteVarint(frames, _written.Count);
        WriteVarint(frames, _written.Count);
        foreach (var column in _written)
        {
            var path = paths[_paths[column]];
            WriteVarint(frames, path.Length);
            frames.Write(path);
        }

        foreach (var column in _written)
            _columns[column].WritePrefix(frames);
    }

    public void WriteData(BlockFrames frames, int rows)
    {
        foreach (var column in _written)
            _columns[column].WriteData(frames, rows);
    }

    /// <summary>Forgets everything: the paths have new indexes from now on.</summary>
    public void Clear()
    {
        for (var i = 0; i < _paths.Count; i++)
            _columns[i].Clear();
        _paths.Clear();
        _numbers.Clear();
        if (_numbers.Capacity > MaxKeptPaths)
            _numbers.Capacity = 0;
    }

    public void Release()
    {
        Clear();
        foreach (var column in _columns)
            column.Release();
    }

    private int Decide(int path)
    {
        while (_numbers.Count <= path)
            _numbers.Add(Undecided);
        if (_paths.Count == max)
            return _numbers[path] = None;

        _paths.Add(path);
        if (_columns.Count < _paths.Count)
            _columns.Add(new JsonPathColumn(pool));
        return _numbers[path] = _paths.Count;
    }

    private static void WriteVarint(BlockFrames frames, int value)
    {
        Span<byte> bytes = stackalloc byte[WireFormat.MaxVarintLength];
        frames.Write(bytes[..WireFormat.WriteVarint(bytes, (uint)value)]);
    }
}
