namespace Rotel.DiskLog;

/// <content>What cursors and readers ask, and what they tell of what they could not read.</content>
internal sealed partial class SegmentLog
{
    /// <summary>The segment that holds a sequence, or else the first behind it.</summary>
    public Segment? Find(long sequence)
    {
        var segments = Volatile.Read(ref _segments);
        int low = 0, high = segments.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (segments[middle].IsSealed && segments[middle].End <= sequence)
                low = middle + 1;
            else
                high = middle;
        }

        return low < segments.Length ? segments[low] : null;
    }

    /// <summary>Whether some other segment can be opened and read.</summary>
    public bool CanReadOther(Segment segment)
    {
        Span<byte> probe = stackalloc byte[1];
        foreach (var other in Volatile.Read(ref _segments).Where(other => other != segment).TakeLast(8))
        {
            try
            {
                using var file = _files.Open(other.Path, FileUse.Read);
                if (file.Read(probe, 0) == probe.Length)
                    return true;
            }
            catch (Exception exception) when (FileFault.IsExpected(exception))
            {
                // Another may do.
            }
        }

        return false;
    }

    public long EstimateUnfinished(LogReader reader)
    {
        double bytes = 0;
        var next = NextSequence;
        foreach (var segment in Volatile.Read(ref _segments))
        {
            var records = Math.Min(segment.IsSealed ? segment.End : next, next) - segment.First;
            if (records > 0)
                bytes += (double)segment.Bytes * (records - reader.CountFinished(segment.First, segment.First + records)) / records;
        }

        return (long)bytes;
    }

    /// <summary>Sequences that nobody can read: finished for all, and reported for those who were to have them.</summary>
    public void ReportMissing(long from, long until)
    {
        foreach (var reader in _allReaders)
        {
            var records = reader.CountMissing(from, until);
            if (reader.FinishRange(from, until) > 0 && records > 0)
                _events.Lost(reader, LogLoss.Damage, 0, records, from >= RunStart);
        }
    }

    /// <summary>A record that is not what was written, though its header is.</summary>
    public void ReportMissing(in RecordHeader header)
    {
        foreach (var reader in _allReaders)
        {
            var isMissing = IsMissing(reader, header);
            if (reader.FinishRange(header.Sequence, header.Sequence + 1) > 0 && isMissing)
                _events.Lost(reader, LogLoss.Damage, header.Items, 1, header.Sequence >= RunStart);
        }
    }

    public void ReportDamage(Segment segment, long offset, long bytes, string what)
    {
        if (segment.TakeReport(offset))
            _events.Damaged(segment.Path, bytes, what);
    }
}
