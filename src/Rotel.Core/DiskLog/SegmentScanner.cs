namespace Rotel.DiskLog;

/// <summary>
/// Goes from record to record through a segment, with a buffer ahead. Where something else is than a record can be, it looks for the next
/// header in the rest of the block, and goes on at the next block. One thread at a time.
/// </summary>
internal sealed class SegmentScanner : IDisposable
{
    /// <summary>How often a read is tried before the place is given up for one that can be read.</summary>
    private const int Attempts = 3;

    /// <summary>How many blocks are tried to find one that can be read.</summary>
    private const int Probes = 64;

    private readonly ReadAhead _bytes;
    private readonly uint _salt;
    private readonly long _end;
    private long _least;
    private long _contentAt;
    private int _length;
    private uint _contentCrc;
    private long _failedAt = -1;
    private int _failures;
    private long _skippedFrom = -1;
    private (long Offset, long Bytes) _skipped;

    /// <param name="file">The scanner's from now on.</param>
    /// <param name="salt">The segment's.</param>
    /// <param name="start">Where its first record is placed, or any block begins.</param>
    /// <param name="least">Records below are passed over.</param>
    /// <param name="end">Of the segment's sequences; a record from there on is none of its own.</param>
    public SegmentScanner(IFile file, uint salt, long start, long least, long end)
    {
        _bytes = new ReadAhead(file);
        _salt = salt;
        _least = least;
        _end = end;
        Offset = start;
    }

    /// <summary>Nothing from here on is read.</summary>
    public long Limit
    {
        get => _bytes.Limit;
        set => _bytes.Limit = value;
    }

    /// <summary>Behind the last record that was returned or passed over.</summary>
    public long Offset { get; private set; }

    /// <summary>Takes what was skipped since it was last asked: where that began, and how much it was.</summary>
    public bool TryTakeSkipped(out long offset, out long bytes)
    {
        (offset, bytes) = _skipped;
        _skipped = default;
        return bytes > 0;
    }

    /// <summary>The next record's header.</summary>
    public CursorState Next(out RecordHeader header)
    {
        while (true)
        {
            if (_least >= _end)
            {
                // Behind the last that counts may be what another segment had in the same file.
                header = default;
                EndSkip(Offset);
                return CursorState.End;
            }

            var at = SegmentFormat.PlaceHeader(Offset);
            if (at + SegmentFormat.RecordHeaderBytes > Limit)
            {
                header = default;
                EndSkip(Limit);
                return CursorState.End;
            }

            switch (_bytes.TryGet(at, SegmentFormat.RecordHeaderBytes, out var bytes))
            {
                case CursorState.End:
                    Limit = Math.Min(Limit, _bytes.End);
                    continue;
                case CursorState.Failed when TryPassUnreadable(at, out var readable):
                    BeginSkip(Offset);
                    Offset = readable;
                    continue;
                case CursorState.Failed:
                    header = default;
                    return CursorState.Failed;
            }

            if (SegmentFormat.TryReadRecordHeader(bytes, _salt, 0, out header, out _contentCrc))
            {
                if (header.Sequence >= _end)
                {
                    // What a failed append left behind.
                    EndSkip(Offset);
                    header = default;
                    return CursorState.End;
                }

                var end = SegmentFormat.ContentEndOf(at, header.Length);
                if (end > Limit)
                {
                    BeginSkip(at);
                    EndSkip(Limit);
                    Offset = Limit;
                    header = default;
                    return CursorState.End;
                }

                EndSkip(at);
                Offset = SegmentFormat.Align(end);
                _contentAt = at + SegmentFormat.RecordHeaderBytes;
                _length = header.Length;
                if (header.Sequence < _least)
                    continue;
                _least = header.Sequence + 1;
                return CursorState.Record;
            }

            BeginSkip(Offset);
            switch (Resync(at))
            {
                case CursorState.Failed when TryPassUnreadable(Offset, out var readable):
                    Offset = readable;
                    break;
                case CursorState.Failed:
                    return CursorState.Failed;
            }
        }
    }

    /// <summary>The content of the record just returned; <see cref="CursorState.End"/> where it is not what was written.</summary>
    public CursorState Read(Span<byte> content)
    {
        if (content.Length != _length)
            throw new ArgumentException("The content is of another length.", nameof(content));

        var whole = content;
        var at = _contentAt;
        while (!content.IsEmpty)
        {
            at = SegmentFormat.PlaceContent(at);
            var count = (int)Math.Min(content.Length, SegmentFormat.BlockBytes - (at % SegmentFormat.BlockBytes));
            switch (_bytes.TryCopy(content[..count], at, content.Length))
            {
                case CursorState.End:
                    return CursorState.End;
                case CursorState.Failed:
                    return TryPassUnreadable(at, out _) ? CursorState.End : CursorState.Failed;
            }

            at += count;
            content = content[count..];
        }

        return Crc32C.Compute(whole) == _contentCrc ? CursorState.Record : CursorState.End;
    }

    /// <inheritdoc cref="ReadAhead.Release"/>
    public void ReleaseBuffer() => _bytes.Release();

    public void Dispose() => _bytes.Dispose();

    /// <summary>Sets <see cref="Offset"/> to the next header that may be one, or the next block.</summary>
    private CursorState Resync(long at)
    {
        var block = at - (at % SegmentFormat.BlockBytes);
        var blockEnd = Math.Min(block + SegmentFormat.BlockBytes, Limit);
        for (var next = at + 8; next + SegmentFormat.RecordHeaderBytes <= blockEnd; next += 8)
        {
            switch (_bytes.TryGet(next, SegmentFormat.RecordHeaderBytes, out var bytes))
            {
                case CursorState.Failed:
                    Offset = next;
                    return CursorState.Failed;
                case CursorState.End:
                    Offset = next;
                    return CursorState.End;
            }

            if (SegmentFormat.TryReadRecordHeader(bytes, _salt, _least, out _, out _))
            {
                Offset = next;
                return CursorState.Record;
            }
        }

        return EnterBlock(block + SegmentFormat.BlockBytes);
    }

    /// <summary>Sets <see cref="Offset"/> to where the marker says, behind the marker where it says nothing.</summary>
    private CursorState EnterBlock(long block)
    {
        while (true)
        {
            Offset = block;
            if (block + SegmentFormat.MarkerBytes > Limit)
            {
                Offset = Limit;
                return CursorState.End;
            }

            if (_bytes.TryGet(block, SegmentFormat.MarkerBytes, out var bytes) is var state and not CursorState.Record)
                return state;
            if (!SegmentFormat.TryReadMarker(bytes, _salt, out var first, out _))
                return CursorState.Record;
            if (first != 0)
            {
                Offset = first == SegmentFormat.MarkerBytes ? block : block + first;
                return CursorState.Record;
            }

            block += SegmentFormat.BlockBytes;
        }
    }

    /// <summary>
    /// After some attempts at one place: whether there is another in the file that can be read, so that it is the place and not the device.
    /// Then the next block is gone on with, or, where there is none, the end.
    /// </summary>
    private bool TryPassUnreadable(long at, out long readable)
    {
        readable = 0;
        _failures = _failedAt == at ? _failures + 1 : 1;
        _failedAt = at;
        if (_failures < Attempts)
            return false;

        readable = at - (at % SegmentFormat.BlockBytes);
        for (var i = 0; i < Probes; i++)
        {
            readable += SegmentFormat.BlockBytes;
            if (_bytes.CanRead(readable))
                return true;
        }

        var block = at - (at % SegmentFormat.BlockBytes);
        readable = block + SegmentFormat.BlockBytes;
        for (var i = 0; i < Probes && i * SegmentFormat.BlockBytes < block; i++)
        {
            if (_bytes.CanRead(i * SegmentFormat.BlockBytes))
                return true;
        }

        return false;
    }

    private void BeginSkip(long at)
    {
        if (_skippedFrom < 0)
            _skippedFrom = at;
    }

    private void EndSkip(long at)
    {
        if (_skippedFrom >= 0 && at > _skippedFrom)
            _skipped = (_skipped.Bytes > 0 ? _skipped.Offset : _skippedFrom, _skipped.Bytes + at - _skippedFrom);
        _skippedFrom = -1;
    }
}
