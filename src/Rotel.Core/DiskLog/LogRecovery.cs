using System.Buffers;

namespace Rotel.DiskLog;

/// <summary>
/// Finds out what a directory holds: segments by their headers, where the last of them ends by its last records, readers by their files.
/// Sealed segments are not read. What is damaged or not the log's is told.
/// </summary>
internal sealed class LogRecovery(string directory, IFileSystem files, long now)
{
    private readonly List<Segment> _segments = [];
    private readonly Dictionary<string, ReaderPosition> _positions = new(StringComparer.Ordinal);
    private string? _problem;

    /// <summary>In order; all but what the last one says of its end is as the next one's beginning says.</summary>
    public Segment[] Segments { get; private set; } = [];

    /// <summary>What was never given to a record.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>Those asked for.</summary>
    public IReadOnlyList<RecoveredReader> Readers { get; private set; } = [];

    /// <summary>Those that nobody asked for and that have not finished.</summary>
    public IReadOnlyList<RecoveredReader> Orphans { get; private set; } = [];

    /// <summary>Orphans whose bits were needed.</summary>
    public IReadOnlyList<RecoveredReader> Evicted { get; private set; } = [];

    public List<(string File, long Bytes, string What)> Findings { get; } = [];

    /// <returns>Why the directory cannot be used; null when it can.</returns>
    public string? Run(IReadOnlyList<string> readers)
    {
        if (files.TryUseDirectory(directory) is { } problem)
            return problem;
        try
        {
            foreach (var entry in files.List(directory))
                Take(entry);
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            return $"'{directory}' cannot be read ({exception.Message.TrimEnd('.')})";
        }

        if (_problem is not null)
            return _problem;
        Order();
        var finding = new ReaderRecovery(directory, files, Segments, _positions, Next);
        if (finding.Run(readers) is { } excess)
            return excess;
        Readers = finding.Readers;
        Orphans = finding.Orphans;
        Evicted = finding.Evicted;
        Findings.AddRange(finding.Findings);
        return null;
    }

    private void Take(FileEntry entry)
    {
        var path = Path.Combine(directory, entry.Name);
        if (!entry.IsFile)
            Findings.Add((path, 0, "This is no file of the log and is left alone."));
        else if (entry.Name.EndsWith(Segment.Extension, StringComparison.Ordinal))
            TakeSegment(entry, path);
        else if (Segment.IsFinishedName(entry.Name))
            Remove(path);
        else if (entry.Name.EndsWith(PositionFile.Extension, StringComparison.Ordinal))
            TakePosition(path, entry.Name[..^PositionFile.Extension.Length]);
        else if (entry.Name != SegmentLog.ProbeName)
            Findings.Add((path, entry.Length, "This is no file of the log and is left alone."));
    }

    /// <summary>What was kept to be used again by a process that ended otherwise.</summary>
    private void Remove(string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // Nothing in it counts; the next start tries again.
        }
    }

    private void TakeSegment(FileEntry entry, string path)
    {
        var isNamed = Segment.TryParseName(entry.Name, out var first, out var salt);
        SegmentHeader header = default;
        var isRead = false;
        IReadOnlyDictionary<string, int> table = new Dictionary<string, int>();
        try
        {
            using var file = files.Open(path, FileUse.Read);
            var bytes = new byte[SegmentFormat.FileHeaderBytes];
            ReadFully(file, bytes, 0);
            if (SegmentFormat.ReadVersion(bytes) is { } version and not SegmentFormat.Version)
            {
                Findings.Add((path, entry.Length, $"This is a segment of version {version}, which is not read here and is left alone."));
                return;
            }

            isRead = SegmentFormat.TryReadFileHeader(bytes, out header);
            if (isRead)
            {
                var entries = new byte[header.TableBytes];
                ReadFully(file, entries, SegmentFormat.FileHeaderBytes);
                if (Crc32C.Compute(entries) == header.TableCrc)
                    table = ReaderTable.Read(entries);
                else
                    Findings.Add((path, header.TableBytes, "The table of readers is not what was written."));
            }
        }
        catch (UnauthorizedAccessException exception) when (isNamed)
        {
            // It would be read at the next start, and its sequences must not have been given again by then.
            _problem ??= $"'{path}' cannot be opened ({exception.Message.TrimEnd('.')})";
            return;
        }
        catch (UnauthorizedAccessException)
        {
            Findings.Add((path, entry.Length, "This file belongs to somebody else and is left alone."));
            return;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // It may be read later, by what its name says.
        }

        if (!isRead && !isNamed)
        {
            Findings.Add((path, entry.Length, "This is no segment of the log and is left alone."));
            return;
        }

        if (!isRead)
        {
            Findings.Add((path, Math.Min(entry.Length, SegmentFormat.FileHeaderBytes), "The header of a segment cannot be read."));
            header = new SegmentHeader(first, 0, salt, -SegmentFormat.FileHeaderBytes, 0, 0);
        }

        _segments.Add(new Segment(path, header, table) { Bytes = entry.Length, Published = entry.Length });
    }

    private void TakePosition(string path, string key)
    {
        try
        {
            if (PositionFile.Load(path, files) is { } position)
                _positions[key] = position;
            else
                Findings.Add((path, 0, "The position of a reader cannot be read."));
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // Perhaps it can be at the next try; without it all would be read again, or nothing.
            _problem ??= $"'{path}' cannot be read ({exception.Message.TrimEnd('.')})";
        }
    }

    /// <summary>Gives each segment its end: the beginning of the next.</summary>
    private void Order()
    {
        var ordered = new List<Segment>();
        foreach (var same in _segments.GroupBy(segment => segment.First).OrderBy(group => group.Key))
        {
            // Of copies the longest, and of those the one with its own name.
            var best = same.OrderByDescending(segment => segment.Bytes)
                .ThenByDescending(segment => Path.GetFileName(segment.Path) == Segment.NameOf(segment.First, segment.Salt)).First();
            ordered.Add(best);
            foreach (var copy in same.Where(segment => segment != best))
                Findings.Add((copy.Path, copy.Bytes, "This is another segment's copy and is left alone."));
        }

        while (ordered.Count > 0 && !TryEndLast(ordered[^1]))
            ordered.RemoveAt(ordered.Count - 1);
        foreach (var position in _positions.Values)
            Next = Math.Max(Next, position.Next);
        for (var i = 0; i < ordered.Count; i++)
        {
            ordered[i].Seal(i + 1 < ordered.Count ? ordered[i + 1].First : Next);
            if (i + 1 < ordered.Count)
                ordered[i].LastAt = Math.Min(now, ordered[i + 1].CreatedAt > 0 ? ordered[i + 1].CreatedAt : now);
        }

        Segments = [.. ordered];
    }

    /// <summary>
    /// What was written last, and what is behind it that was never confirmed. False where there is no record at all: then the file is gone,
    /// so that the next segment may begin where it did.
    /// </summary>
    private bool TryEndLast(Segment last)
    {
        var before = Next;
        Next = Math.Max(Next, last.First);
        last.LastAt = Math.Min(now, Math.Max(last.CreatedAt, 1));
        try
        {
            using var file = files.Open(last.Path, FileUse.Read);
            foreach (var (start, sequence) in SegmentSearch.StartsFromEnd(file, last.Bytes, last.Salt, last.FirstRecordAt, last.First))
            {
                Next = Math.Max(Next, sequence);
                using var scanner = new SegmentScanner(
                    files.Open(last.Path, FileUse.Read), last.Salt, start, last.First, long.MaxValue);
                scanner.Limit = last.Bytes;
                if (ScanTail(last, scanner))
                    return true;
            }
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // How many records there are, nobody knows; so many there cannot be.
            Next = last.First + (last.Bytes / SegmentFormat.RecordHeaderBytes) + 1;
            return true;
        }

        Findings.Add((last.Path, last.Bytes, "There is no record in this segment that can be read; it is removed."));
        if (last.TryDrop(files))
        {
            Next = before;
            return false;
        }

        Next = Math.Max(Next, last.First + 1);
        return true;
    }

    /// <summary>Whether there is a record from there on; then the segment ends with the last.</summary>
    private bool ScanTail(Segment last, SegmentScanner scanner)
    {
        var end = 0L;
        var written = 0L;
        CursorState state;
        while ((state = scanner.Next(out var header)) == CursorState.Record)
        {
            // Where the file was there before, its length does not tell whether the last was written in full.
            written = scanner.Offset;
            if (written <= last.InheritedBytes && !IsWhole(scanner, header.Length))
                continue;
            end = scanner.Offset;
            Next = Math.Max(Next, header.Sequence + 1);
            last.LastAt = Math.Min(now, Math.Max(last.LastAt, header.AcceptedAt));
        }

        if (state == CursorState.Failed)
            throw new IOException("The end of a segment cannot be read.");
        if (end == 0)
            return false;
        last.Published = end;
        if (last.Bytes > last.InheritedBytes)
            written = last.Bytes;
        if (end < written)
            Findings.Add((last.Path, written - end, "The end of a segment was not written in full."));
        return true;
    }

    private static bool IsWhole(SegmentScanner scanner, int length)
    {
        var content = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return scanner.Read(content.AsSpan(0, length)) == CursorState.Record;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private static void ReadFully(IFile file, Span<byte> target, long offset)
    {
        while (!target.IsEmpty && file.Read(target, offset) is > 0 and var count)
        {
            target = target[count..];
            offset += count;
        }
    }
}
