namespace Rotel.DiskLog;

/// <summary>
/// Gives each reader its bit and position: by its file; where that is lost, by the tables of the segments, from the first that names it or may;
/// else a bit that no record has, and the end of the log, or, where nobody's bit is known any more, its beginning.
/// </summary>
internal sealed class ReaderRecovery(
    string directory, IFileSystem files, IReadOnlyList<Segment> segments, IReadOnlyDictionary<string, ReaderPosition> positions, long next)
{
    private readonly HashSet<int> _taken = [];

    public IReadOnlyList<RecoveredReader> Readers { get; private set; } = [];

    public List<RecoveredReader> Orphans { get; } = [];

    public List<RecoveredReader> Evicted { get; } = [];

    public List<(string File, long Bytes, string What)> Findings { get; } = [];

    /// <returns>Why there cannot be so many.</returns>
    public string? Run(IReadOnlyList<string> names)
    {
        var keys = names.Select(ReaderKey.Of).ToArray();
        var distinct = keys.Distinct(StringComparer.Ordinal).ToArray();
        if (distinct.Length > LogReader.MaxReaders)
            return $"A log has {LogReader.MaxReaders} readers at most, and {distinct.Length} are asked for";

        // What is known first: new ones take what is left.
        var found = new Dictionary<string, RecoveredReader>(StringComparer.Ordinal);
        for (var i = 0; i < keys.Length; i++)
        {
            if (!found.ContainsKey(keys[i]) && TryFind(names[i], keys[i]) is { } reader)
                found[keys[i]] = reader;
        }

        foreach (var (key, position) in positions)
        {
            if (found.ContainsKey(key) || distinct.Contains(key))
                continue;
            if (position.Position >= next || !_taken.Add(position.Bit))
                Forget(key);
            else
                Orphans.Add(Saved(key, key, position));
        }

        for (var i = 0; i < keys.Length; i++)
        {
            if (!found.ContainsKey(keys[i]))
                found[keys[i]] = Begin(names[i], keys[i]);
        }

        Readers = [.. keys.Select(key => found[key])];
        return null;
    }

    private RecoveredReader? TryFind(string name, string key)
    {
        if (positions.TryGetValue(key, out var position) && _taken.Add(position.Bit))
            return Saved(name, key, position);

        var newest = segments.LastOrDefault(segment => segment.Readers.ContainsKey(key));
        if (newest is null || !_taken.Add(newest.Readers[key]))
            return null;
        var bit = newest.Readers[key];

        // One whose table cannot be read may name it, too. Reading something twice is better than leaving it out.
        var first = segments.First(
            segment => segment.Readers.Count == 0 || (segment.Readers.TryGetValue(key, out var there) && there == bit)).First;
        var file = FileOf(key, generation: 0);
        Findings.Add((file.Path, 0, "The position of a reader is lost: it reads all again that there is."));
        return new RecoveredReader(name, key, file, new ReaderPosition(0, first, next, bit, []), IsSaved: false);
    }

    private RecoveredReader Begin(string name, string key)
    {
        var named = segments.SelectMany(segment => segment.Readers.Values).ToHashSet();
        var bits = Enumerable.Range(0, LogReader.MaxReaders).Where(bit => !_taken.Contains(bit)).OrderBy(bit => named.Contains(bit)).ToList();
        int bit;
        if (bits.Count > 0)
        {
            bit = bits[0];
        }
        else
        {
            // The one that is furthest behind.
            var evicted = Orphans.MinBy(orphan => orphan.Start.Position)!;
            Orphans.Remove(evicted);
            Evicted.Add(evicted);
            Forget(evicted.Key);
            bit = evicted.Start.Bit;
        }

        _taken.Add(bit);
        var file = FileOf(key, generation: 0);
        var from = next;
        if (segments.Count > 0 && named.Count == 0 && positions.Count == 0)
        {
            // No table could be read either. Reading something twice is better than leaving out all.
            from = Math.Min(segments[0].First, next);
            Findings.Add((file.Path, 0, "Who the readers were is lost: each reads all again that there is."));
        }

        return new RecoveredReader(name, key, file, new ReaderPosition(0, from, next, bit, []), IsSaved: false);
    }

    private RecoveredReader Saved(string name, string key, ReaderPosition position) =>
        new(name, key, FileOf(key, position.Generation), position, IsSaved: true);

    private PositionFile FileOf(string key, long generation) =>
        new(Path.Combine(directory, key + PositionFile.Extension), files, generation);

    private void Forget(string key)
    {
        try
        {
            files.Delete(Path.Combine(directory, key + PositionFile.Extension));
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // It will be there next time.
        }
    }
}
