namespace Rotel.DiskLog;

/// <summary>One reader's durable place in a log. Thread-safe.</summary>
internal sealed class LogReader
{
    /// <summary>As many as a record has bits.</summary>
    public const int MaxReaders = 64;

    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private bool _isClosed;
    private readonly SequenceRanges _finished = new();

    /// <summary>What was handed out from disk in this run and is above the position.</summary>
    private readonly SequenceRanges _taken = new();
    private readonly SegmentLog _log;
    private readonly PositionFile _file;
    private long _position;
    private long _savedPosition;
    private long _changes;
    private long _savedChanges;

    /// <param name="log">The owner.</param>
    /// <param name="name">As the owner's owner calls it; of one that nobody asked for, its key.</param>
    /// <param name="key">Its name as a file may be called.</param>
    /// <param name="file">Its own from now on.</param>
    /// <param name="start">What the file says, or should.</param>
    /// <param name="isSaved">Whether the file says so.</param>
    public LogReader(SegmentLog log, string name, string key, PositionFile file, ReaderPosition start, bool isSaved)
    {
        _log = log;
        _file = file;
        Name = name;
        Key = key;
        Index = start.Bit;
        _position = start.Position;
        foreach (var (from, until) in start.Finished)
            _finished.Add(from, until);
        _position = _finished.TakeUpTo(_position);
        _savedPosition = isSaved ? start.Position : 0;
        _changes = isSaved && _position == start.Position ? 0 : 1;
    }

    public string Name { get; }

    /// <summary>Its name as a file may be called.</summary>
    public string Key { get; }

    /// <summary>Of its bit.</summary>
    public int Index { get; }

    /// <summary>Its own in <see cref="RecordHeader.Readers"/>.</summary>
    public ulong Bit => 1ul << Index;

    /// <summary>
    /// The lowest record that is for this reader and not finished; the next sequence when there is none. Of what earlier runs left, it may
    /// be lower until a cursor has been there.
    /// </summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>First sequence of this run: what is below is backlog of earlier ones.</summary>
    public long RunStart => _log.RunStart;

    /// <summary>Something unfinished is, or may be, below <see cref="RunStart"/>.</summary>
    public bool HasBacklogAtOpen { get; private set; }

    /// <summary>Of records not finished; an estimate by the number of records in each segment.</summary>
    public long UnfinishedBytes => _log.EstimateUnfinished(this);

    /// <summary>
    /// What is finished lies so scattered that little more of it can be saved: what is not handed out in order from now on would come twice.
    /// </summary>
    public bool IsScattered
    {
        get
        {
            lock (_lock)
                return _finished.Count >= ReaderPosition.MaxRanges / 2;
        }
    }

    /// <summary>What a crash cannot take back: segments below may go.</summary>
    public long SavedPosition => Volatile.Read(ref _savedPosition);

    /// <summary>Delivered, or dropped and counted. In memory.</summary>
    public void Finish(long sequence)
    {
        if (sequence < _log.NextSequence)
            FinishRange(sequence, sequence + 1);
    }

    /// <summary>Persists what was finished. A failure is kept and tried again.</summary>
    public void Save()
    {
        SaveOnly();
        _log.OnSaved(this);
    }

    /// <summary>The same, for who looks himself at what can go now.</summary>
    public void SaveOnly()
    {
        // Who waits for another finds most often that there is nothing left to save.
        lock (_saving)
            Write();
    }

    /// <summary>Reads from a sequence on; several may be open. What it hands out counts as handed to this reader in this run.</summary>
    public LogCursor OpenCursor(long fromSequence) => new(_log, this, fromSequence);

    /// <summary>How many of these were not finished before.</summary>
    public long FinishRange(long from, long until)
    {
        lock (_lock)
        {
            from = Math.Max(from, _position);
            if (from >= until)
                return 0;
            var before = _finished.CountIn(from, until);
            if (before == until - from)
                return 0;
            _finished.Add(from, until);
            var position = _finished.TakeUpTo(_position);
            if (position != _position)
            {
                Volatile.Write(ref _position, position);
                _taken.TakeUpTo(position);
            }

            _changes++;
            return until - from - before;
        }
    }

    /// <summary>Something is in memory that is not in the file.</summary>
    public bool IsUnsaved
    {
        get
        {
            lock (_lock)
                return _changes != Volatile.Read(ref _savedChanges);
        }
    }

    public bool IsFinished(long sequence)
    {
        lock (_lock)
            return sequence < _position || _finished.Contains(sequence);
    }

    /// <summary>How many of these are neither finished nor taken.</summary>
    public long CountMissing(long from, long until)
    {
        lock (_lock)
        {
            from = Math.Max(from, _position);
            if (from >= until)
                return 0;
            if (until - from == 1)
                return _finished.Contains(from) || _taken.Contains(from) ? 0 : 1;
            var known = new SequenceRanges();
            foreach (var ranges in (SequenceRanges[])[_finished, _taken])
            {
                for (var i = 0; i < ranges.Count; i++)
                    known.Add(ranges[i].From, ranges[i].Until);
            }

            return until - from - known.CountIn(from, until);
        }
    }

    public long CountFinished(long from, long until)
    {
        lock (_lock)
        {
            var below = Math.Clamp(_position - from, 0, until - from);
            return below + _finished.CountIn(from + below, until);
        }
    }

    /// <summary>Notes that a record was read for this reader; false when its segment is dropped, and counted without it.</summary>
    public bool TryTake(Segment segment, long from, long sequence)
    {
        lock (_lock)
        {
            if (segment.IsDropped)
                return false;
            _taken.Add(Math.Max(from, _position), sequence + 1);
            return true;
        }
    }

    /// <summary>Called once, when the first sequence of the run is known.</summary>
    public void Begin() => HasBacklogAtOpen = Position < RunStart;

    public bool TrySync() => _file.TrySync();

    /// <summary>Removes the file; the reader is of no use after that.</summary>
    public void Forget(IFileSystem files)
    {
        _file.Dispose();
        files.Delete(_file.Path);
    }

    /// <summary>What is finished after this is not saved: the directory may be another's by then.</summary>
    public void Close()
    {
        lock (_saving)
        {
            _isClosed = true;
            _file.Dispose();
        }
    }

    private void Write()
    {
        ReaderPosition position;
        long changes;
        lock (_lock)
        {
            changes = _changes;
            if (_isClosed || changes == _savedChanges)
                return;
            var ranges = new (long, long)[Math.Min(_finished.Count, ReaderPosition.MaxRanges)];
            for (var i = 0; i < ranges.Length; i++)
                ranges[i] = _finished[i];
            position = new ReaderPosition(0, _position, Math.Max(_log.NextSequence, _position), Index, ranges);
        }

        if (!_file.TryWrite(position))
            return;
        Volatile.Write(ref _savedChanges, changes);
        Volatile.Write(ref _savedPosition, position.Position);
    }
}
