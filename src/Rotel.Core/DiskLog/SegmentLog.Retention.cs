namespace Rotel.DiskLog;

/// <content>Which segments there are, and when they go: when all have passed them, at the cap, and when they are too old.</content>
internal sealed partial class SegmentLog
{
    private static readonly TimeSpan MaintenanceInterval = TimeSpan.FromMinutes(1);

    /// <summary>What is written to is sealed after this part of the age at which it may go: a segment goes as a whole.</summary>
    private const int AgeParts = 8;

    private readonly Lock _retention = new();
    private readonly Lock _listLock = new();
    private readonly ITimer _maintenanceTimer;
    private int _isMaintenanceDue;

    /// <summary>In order of their sequences. Replaced, never changed.</summary>
    private Segment[] _segments;

    /// <summary>When the oldest segment is too old, in Unix milliseconds.</summary>
    private long ExpiredAt =>
        Volatile.Read(ref _segments) is [{ IsSealed: true } oldest, ..] ? oldest.LastAt + MaxAgeMilliseconds : long.MaxValue;

    /// <summary>Of what <see cref="DropReusable"/> and <see cref="DropOldest"/> may take.</summary>
    public long DroppableBytes
    {
        get
        {
            var next = NextSequence;

            // In this order: a segment's file is kept before the segment goes.
            var bytes = Volatile.Read(ref _segments).Where(segment => segment.IsSealed && segment.End <= next).Sum(segment => segment.Bytes);
            return bytes + ReusableBytes;
        }
    }

    private long MaxAgeMilliseconds => (long)Math.Min(_settings.MaxAge.TotalMilliseconds, long.MaxValue / 4);

    public void OnSaved(LogReader reader)
    {
        if (reader.IsUnsaved)
            ArmMaintenance();
        if (Volatile.Read(ref _segments) is [{ IsSealed: true } oldest, ..] && HavePassed(oldest))
            Demand(Duties.Reclaim);
    }

    /// <summary>Removes the segments that all have passed, the oldest first, and may keep a file; whether any was.</summary>
    public bool DropFinished()
    {
        var dropped = false;
        lock (_retention)
        {
            while (Volatile.Read(ref _segments) is [{ IsSealed: true } oldest, ..] && HavePassed(oldest) && HaveSaved(oldest))
            {
                var isKept = TryKeepFile(oldest);
                if (!isKept && !oldest.TryDrop(_files))
                    break;

                // Before the lock is left: who waited for it must find the room.
                Remove(oldest);
                if (!isKept)
                    _space.Cancel(oldest.Bytes);
                dropped = true;
            }
        }

        if (dropped)
            _space.Announce();
        return dropped;
    }

    /// <summary>Removes the oldest segment, whoever has not passed it; false when there is no sealed one, or it cannot be removed.</summary>
    public bool DropOldest(LogLoss why)
    {
        long first;
        List<(LogReader Reader, long Items, long Records)> losses;
        lock (_retention)
        {
            if (Volatile.Read(ref _segments) is not [{ IsSealed: true } oldest, ..] || oldest.End > NextSequence
                || (why == LogLoss.Age && ExpiredAt >= Now))
            {
                return false;
            }

            // Opened before it goes, for the count of what goes with it.
            using var scanner = HavePassed(oldest) ? null : TryScan(oldest);
            if (!oldest.TryDrop(_files))
                return false;
            losses = CountMissing(oldest, scanner);
            foreach (var reader in _allReaders)
                reader.FinishRange(oldest.First, oldest.End);
            Remove(oldest);
            first = oldest.First;
            _space.Cancel(oldest.Bytes);
        }

        // A run begins with a segment of its own.
        foreach (var reader in _allReaders)
            reader.SaveOnly();
        foreach (var (reader, items, records) in losses)
            _events.Lost(reader, why, items, records, first >= RunStart);
        _space.Announce();
        return true;
    }

    /// <summary>A scanner over a segment's records, from its first; null where the file cannot be opened.</summary>
    private SegmentScanner? TryScan(Segment segment)
    {
        try
        {
            return new SegmentScanner(
                _files.Open(segment.Path, FileUse.Read), segment.Salt, segment.FirstRecordAt, segment.First, segment.End)
            {
                Limit = segment.Published,
            };
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            return null;
        }
    }

    private List<(LogReader Reader, long Items, long Records)> CountMissing(Segment segment, SegmentScanner? scanner)
    {
        var items = new long[_allReaders.Length];
        var records = new long[_allReaders.Length];
        var next = segment.First;
        while (scanner is not null && scanner.Next(out var header) == CursorState.Record)
        {
            AddGap(next, header.Sequence);
            next = header.Sequence + 1;
            for (var i = 0; i < _allReaders.Length; i++)
            {
                if (!IsMissing(_allReaders[i], header))
                    continue;
                items[i] += Math.Max(header.Items, 0);
                records[i]++;
            }
        }

        AddGap(next, segment.End);
        return [.. _allReaders.Select((reader, i) => (reader, items[i], records[i])).Where(loss => loss.Item3 > 0)];

        void AddGap(long from, long until)
        {
            for (var i = 0; from < until && i < _allReaders.Length; i++)
                records[i] += _allReaders[i].CountMissing(from, until);
        }
    }

    /// <summary>Whether a reader was to have a record and neither had it in this run nor has finished it.</summary>
    private bool IsMissing(LogReader reader, in RecordHeader header) =>
        (header.Readers & reader.Bit) != 0 && (header.Sequence < RunStart || (header.Handed & reader.Bit) == 0)
        && reader.CountMissing(header.Sequence, header.Sequence + 1) > 0;

    /// <summary>Of the leader.</summary>
    private bool TryMakeRoom(long bytes)
    {
        while (!_space.TryReserve(bytes))
        {
            if (_space.CouldHold(bytes)
                && (DropReusable() || DropFinished() || DropOldest(LogLoss.Bytes) || _space.TryDropElsewhere(this)))
            {
                continue;
            }

            // Whoever is removing something gives its bytes back before he leaves the lock.
            lock (_retention)
                return _space.TryReserve(bytes);
        }

        return true;
    }

    /// <summary>Of the thread: what time brings.</summary>
    private void Maintain()
    {
        Volatile.Write(ref _isMaintenanceDue, 0);
        var isLeading = TryStartLeading();
        if (isLeading)
        {
            if (_active is not null && _file is not null && IsAged(_active, Now))
                Retire();
            StopLeading();
        }

        while (DropOldest(LogLoss.Age))
        {
        }

        while (_space.UsedBytes > _space.MaxBytes && DropOldest(LogLoss.Bytes))
        {
        }

        DropFinished();
        DropAllReusable();
        foreach (var reader in _allReaders)
            reader.SaveOnly();
        if (Volatile.Read(ref _segments).Length > 0 || Array.Exists(_allReaders, reader => reader.IsUnsaved))
            ArmMaintenance();
    }

    /// <summary>Once a minute while there is something to look after.</summary>
    private void ArmMaintenance()
    {
        if (Interlocked.Exchange(ref _isMaintenanceDue, 1) == 0)
            _maintenanceTimer.Change(MaintenanceInterval, Timeout.InfiniteTimeSpan);
    }

    private bool IsAged(Segment segment, long now) => now - segment.CreatedAt > MaxAgeMilliseconds / AgeParts;

    private bool HavePassed(Segment segment) => Array.TrueForAll(_allReaders, reader => reader.Position >= segment.End);

    /// <summary>Whether a crash could take no reader back into a segment; those that only it was not for may not have been saved.</summary>
    private bool HaveSaved(Segment segment)
    {
        foreach (var reader in _allReaders)
        {
            if (reader.SavedPosition < segment.End)
                reader.SaveOnly();
            if (reader.SavedPosition < segment.End || (IsPowerSafe && !reader.TrySync()))
                return false;
        }

        return true;
    }

    private void Add(Segment segment)
    {
        lock (_listLock)
            Volatile.Write(ref _segments, [.. _segments, segment]);
        if (IsPowerSafe)
        {
            lock (_gate)
                _isDirectoryToSync = true;
        }

        ArmMaintenance();
    }

    /// <summary>Whether it was there: then its bytes are given back by who has removed it.</summary>
    private bool Remove(Segment segment)
    {
        lock (_listLock)
        {
            if (!_segments.Contains(segment))
                return false;
            Volatile.Write(ref _segments, [.. _segments.Where(other => other != segment)]);
            return true;
        }
    }

    /// <summary>One more is sealed, which all may have passed already.</summary>
    private void OnSegmentsChanged()
    {
        if (Volatile.Read(ref _segments) is [{ IsSealed: true } oldest, ..] && HavePassed(oldest))
            Demand(Duties.Reclaim);
    }
}
