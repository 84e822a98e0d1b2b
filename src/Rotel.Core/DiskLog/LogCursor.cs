namespace Rotel.DiskLog;

/// <summary>
/// Reads records for a reader, one thread at a time. Skips records that are not for it, that it has finished or was handed in this run, and
/// what is unreadable: that is reported, and its sequences are finished for all readers.
/// </summary>
internal sealed class LogCursor : IDisposable
{
    /// <summary>How often a segment may fail, of which nothing can be read while others can, before it is given up.</summary>
    private const int Attempts = 10;

    private readonly SegmentLog _log;
    private readonly LogReader _reader;
    private Segment? _segment;
    private SegmentScanner? _scanner;
    private RecordHeader _current;
    private bool _hasCurrent;
    private bool _isRepeated;
    private Segment? _failed;
    private int _failures;

    /// <summary>What was returned or skipped before the current one.</summary>
    private long _from;

    public LogCursor(SegmentLog log, LogReader reader, long fromSequence)
    {
        _log = log;
        _reader = reader;
        NextSequence = Math.Max(fromSequence, 1);
        _from = NextSequence;
    }

    /// <summary>Everything below was returned or skipped.</summary>
    public long NextSequence { get; private set; }

    /// <summary>Header read and checked; its content not yet. Again the same, where that could not be read for now.</summary>
    public CursorState MoveNext(out RecordHeader header)
    {
        if (_isRepeated)
        {
            _isRepeated = false;
            header = _current;
            return CursorState.Record;
        }

        _hasCurrent = false;
        while (true)
        {
            // Asked before what is there to read: all below is there by then.
            var next = _log.NextSequence;
            header = default;
            if (!TryEnter(next, out var state))
            {
                if (state is { } found)
                    return found;
                continue;
            }

            var segment = _segment!;
            var isOver = segment.IsSealed && next >= segment.End;
            _scanner!.Limit = segment.Published;
            var step = _scanner.Next(out header);
            if (_scanner.TryTakeSkipped(out var offset, out var bytes) && !segment.WasDropped())
                _log.ReportDamage(segment, offset, bytes, "The bytes are not what was written.");
            switch (step)
            {
                case CursorState.Failed when isOver && IsGivenUp(segment):
                    _log.ReportDamage(segment, 0, segment.Bytes, "The file cannot be read.");
                    PassMissing(segment, segment.End);
                    Leave();
                    continue;
                case CursorState.Failed:
                    return CursorState.Failed;
                case CursorState.End:
                    PassMissing(segment, isOver ? segment.End : next);
                    if (isOver)
                    {
                        Leave();
                        continue;
                    }

                    _scanner.ReleaseBuffer();
                    return CursorState.End;
            }

            _failed = null;
            PassMissing(segment, header.Sequence);
            if (!IsWanted(header))
            {
                NextSequence = header.Sequence + 1;
                continue;
            }

            _from = NextSequence;
            NextSequence = header.Sequence + 1;
            _current = header;
            _hasCurrent = true;
            return CursorState.Record;
        }
    }

    /// <summary>
    /// The content of the header just returned. <see cref="CursorState.End"/> where it is unreadable or was dropped meanwhile: move on.
    /// After <see cref="CursorState.Failed"/> this or <see cref="MoveNext"/> tries the same record again.
    /// </summary>
    public CursorState Read(Span<byte> content)
    {
        if (!_hasCurrent)
            throw new InvalidOperationException("There is no record to read.");
        var segment = _segment!;
        if (segment.IsDropped)
            return CursorState.End;

        switch (_scanner!.Read(content))
        {
            case CursorState.Failed when !segment.IsSealed || _log.NextSequence < segment.End || !IsGivenUp(segment):
                _isRepeated = true;
                return CursorState.Failed;
            case CursorState.Failed or CursorState.End:
                _isRepeated = false;
                if (!segment.WasDropped())
                {
                    _log.ReportDamage(segment, _scanner.Offset, content.Length, "The content of a record is not what was written.");
                    _log.ReportMissing(_current);
                }

                return CursorState.End;
            default:
                _isRepeated = false;
                return _reader.TryTake(segment, _from, _current.Sequence) ? CursorState.Record : CursorState.End;
        }
    }

    public void Dispose() => Leave();

    /// <summary>Sees to it that there is a segment to read from; otherwise, what to return, or null to begin again.</summary>
    private bool TryEnter(long next, out CursorState? state)
    {
        state = null;
        if (_segment is { IsDropped: true } dropped)
        {
            NextSequence = Math.Max(NextSequence, dropped.End);
            Leave();
        }

        if (_segment is not null)
            return true;

        var segment = _log.Find(NextSequence);
        if (segment is null || segment.First > NextSequence)
        {
            var until = Math.Min(segment?.First ?? next, next);
            if (NextSequence >= until)
            {
                state = CursorState.End;
                return false;
            }

            _log.ReportMissing(NextSequence, until);
            NextSequence = until;
            return false;
        }

        try
        {
            var file = _log.Files.Open(segment.Path, FileUse.Read);
            _scanner = SegmentSearch.Open(file, segment, NextSequence, segment.IsSealed ? segment.End : long.MaxValue);
            _segment = segment;
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            if (segment.WasDropped())
            {
                NextSequence = Math.Max(NextSequence, segment.End);
                return false;
            }

            _log.ReportDamage(segment, 0, segment.Bytes, "The file is missing.");
            PassMissing(segment, segment.IsSealed ? Math.Min(segment.End, next) : next);
            if (!segment.IsSealed || segment.End > next)
                state = CursorState.End;
            return false;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            if (segment.IsSealed && segment.End <= next && IsGivenUp(segment))
            {
                _log.ReportDamage(segment, 0, segment.Bytes, "The file cannot be opened.");
                PassMissing(segment, segment.End);
                return false;
            }

            state = CursorState.Failed;
            return false;
        }
    }

    /// <summary>Whether it has failed often enough, and it is the file and not the device, or the process that may open no more.</summary>
    private bool IsGivenUp(Segment segment)
    {
        _failures = _failed == segment ? _failures + 1 : 1;
        _failed = segment;
        return _failures >= Attempts && _log.CanReadOther(segment);
    }

    /// <summary>Goes on to a sequence; what is between is not to be had.</summary>
    private void PassMissing(Segment segment, long until)
    {
        if (until <= NextSequence)
            return;
        if (!segment.WasDropped())
            _log.ReportMissing(NextSequence, until);
        NextSequence = until;
    }

    private bool IsWanted(in RecordHeader header)
    {
        if ((header.Readers & _reader.Bit) == 0)
        {
            _reader.FinishRange(header.Sequence, header.Sequence + 1);
            return false;
        }

        return (header.Sequence < _log.RunStart || (header.Handed & _reader.Bit) == 0) && !_reader.IsFinished(header.Sequence);
    }

    private void Leave()
    {
        _scanner?.Dispose();
        _scanner = null;
        _segment = null;
        _hasCurrent = false;
        _isRepeated = false;
    }
}
