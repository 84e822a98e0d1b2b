using System.Security.Cryptography;

namespace Rotel.DiskLog;

/// <content>What the leader does: lays records out, writes them, and copes with a disk that will not.</content>
internal sealed partial class SegmentLog
{
    private readonly RecordFramer _framer = new();
    private List<PendingAppend> _batch = [];

    /// <summary>How many of the batch are answered, or wait for a sync.</summary>
    private int _done;
    private long _nextSequence;

    /// <summary>Written to; null before the first append and after a sealing.</summary>
    private Segment? _active;

    /// <summary>Of <see cref="_active"/>; null before its first write.</summary>
    private IFile? _file;

    /// <summary>Writes the batch and answers it; throws nothing, for whoever waits would wait forever.</summary>
    private void WriteBatch()
    {
        _done = 0;
        try
        {
            var now = Now;
            for (var i = 0; i < _batch.Count; i++)
            {
                _batch[i].Refusal = TryFrame(_batch[i], i, now);
                if (_framer.IsFull)
                    Flush(i + 1);
            }

            Flush(_batch.Count);
        }
        catch (Exception exception)
        {
            // A defect. What was laid out is in doubt, so the segment ends where it was good.
            SealAfterFailure();
            SetFailing(AppendOutcome.Unwritable, exception.Message, isGated: true);
            while (_done < _batch.Count)
                _batch[_done++].Complete(new(AppendOutcome.Unwritable, 0));
        }

        _batch.Clear();
        if (ExpiredAt < Now)
            Demand(Duties.Maintain);
    }

    private AppendOutcome TryFrame(PendingAppend append, int index, long now)
    {
        var length = (long)append.Head.Length + append.Body.Length;
        if (length > SegmentFormat.MaxContentBytes
            || SegmentFormat.EndOf(SegmentFormat.BlockBytes, (int)length) + _readerTable.Length > _space.MaxBytes)
        {
            return AppendOutcome.TooLarge;
        }

        if (IsWaitingToRetry)
            return _failure;
        if (_active is not null && HasRecords && (EndWith(length) > _settings.SegmentBytes || IsAged(_active, now)))
        {
            Flush(index);
            if (IsWaitingToRetry)
                return _failure;

            // First: of what is sealed the thread keeps a file only if there are not too many.
            TakeReusable();
            Retire();
        }

        Begin(now);
        var room = RoomFor(length);
        var hasRoom = TryMakeRoom(room);
        if (!hasRoom && TryRetireFinished(index))
        {
            Begin(now);
            room = RoomFor(length);
            hasRoom = TryMakeRoom(room);
        }

        if (!hasRoom)
        {
            SetFailing(AppendOutcome.NoSpace, "The disk queue has reached its size, and nothing is left that could be dropped.", isGated: false);
            return AppendOutcome.NoSpace;
        }

        _active!.Bytes += room;
        _active.LastAt = now;
        append.Header = append.Header with { Sequence = _nextSequence++, Length = (int)length };
        _framer.Add(append.Header, append.Head, append.Body, append.ContentCrc);
        append.Segment = _active;
        append.End = _framer.End;
        return AppendOutcome.Written;
    }

    /// <summary>What is written to can go too, once all have finished with it.</summary>
    private bool TryRetireFinished(int index)
    {
        if (!HasRecords)
            return false;
        Flush(index);
        if (_file is null || !Array.TrueForAll(_allReaders, reader => reader.Position >= _nextSequence))
            return false;
        Retire();
        return true;
    }

    private bool HasRecords => _framer.End > _active!.FirstRecordAt;

    private long EndWith(long length) => SegmentFormat.EndOf(SegmentFormat.PlaceHeader(_framer.End), (int)length);

    /// <summary>What has to be reserved; nothing while what is written fits into what the file inherited.</summary>
    private long RoomFor(long length) => Math.Max(EndWith(length) - _active!.Bytes, 0);

    private void Begin(long now)
    {
        if (_active is not null)
            return;
        TakeReusable();
        var inherited = _taken?.Bytes ?? 0;
        var salt = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
        var header = new SegmentHeader(_nextSequence, now, salt, _readerTable.Length, 0, inherited);
        var path = Path.Combine(_settings.Directory, Segment.NameOf(_nextSequence, salt));
        _active = new Segment(path, header, ReaderTable.Read(_readerTable)) { Bytes = inherited };
        _framer.Reset(0, salt);
        _framer.AddFileHeader(header, _readerTable);
        _active.Published = _framer.End;
    }

    /// <summary>Writes what is laid out, then answers the batch up to an index, in power-safe mode what was refused of it.</summary>
    private void Flush(int until)
    {
        var outcome = AppendOutcome.Written;
        var first = _batch.FindIndex(_done, until - _done, append => append.Segment is not null);
        if (first >= 0)
            outcome = TryWrite(_batch[first].Header.Sequence);

        if (IsPowerSafe && outcome == AppendOutcome.Written)
        {
            AwaitSync(until);
            return;
        }

        if (outcome == AppendOutcome.Written)
            Publish(_batch, _done, until);
        while (_done < until)
        {
            var append = _batch[_done++];
            append.Complete(
                append.Segment is null ? new(append.Refusal, 0)
                : outcome != AppendOutcome.Written ? new(outcome, 0)
                : new(AppendOutcome.Written, append.Header.Sequence));
        }
    }

    /// <summary>All or nothing of what is laid out.</summary>
    private AppendOutcome TryWrite(long firstSequence)
    {
        try
        {
            _framer.Complete();
            var isNew = _file is null;
            if (isNew)
            {
                DeleteLeftovers();
                _file = TryReuse(_active!) ?? Create(_active!.Path);
            }

            WriteAll(_file!, _framer.Pieces, _framer.Start);
            if (isNew)
                Add(_active!);
            _framer.Reset(_framer.End, _active!.Salt);
            if (_isFailing && !IsPowerSafe)
                SetRecovered(_failures);
            return AppendOutcome.Written;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            _nextSequence = firstSequence;
            TakeBack();
            var outcome = FileFault.OutcomeOf(exception);
            SetFailing(outcome, exception.Message, isGated: true);
            return outcome;
        }
    }

    /// <summary>A new file, in a directory made again where somebody has removed it.</summary>
    private IFile Create(string path)
    {
        try
        {
            return _files.Open(path, FileUse.Create);
        }
        catch (DirectoryNotFoundException)
        {
            if (_files.TryUseDirectory(_settings.Directory) is { } problem)
                throw new IOException(problem);
            return _files.Open(path, FileUse.Create);
        }
    }

    private static void WriteAll(IFile file, IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        while (pieces.Count > 0)
        {
            var written = file.Write(pieces, offset);
            if (written <= 0)
                throw new IOException("The file takes no more bytes.");
            offset += written;

            var index = 0;
            while (index < pieces.Count && written >= pieces[index].Length)
                written -= pieces[index++].Length;
            if (index == pieces.Count)
                return;
            pieces = [pieces[index][(int)written..], .. pieces.Skip(index + 1)];
        }
    }

    /// <summary>Seals the segment that is written to; the next append begins another.</summary>
    /// <param name="isLost">Nothing waits for its sync.</param>
    private void Retire(bool isLost = false)
    {
        if (_active is null)
            return;
        if (_file is not null)
        {
            CutInherited(_active);
            _active.Seal(_nextSequence);
            if (IsPowerSafe && !isLost)
                SyncAndClose(_file);
            else
                _file.Dispose();
            OnSegmentsChanged();
        }
        else
        {
            LeaveTaken();
            _space.Cancel(_active.Bytes);
        }

        _active = null;
        _file = null;
    }

    /// <summary>Confirmed: readers may see it, and those it is not for are done with it.</summary>
    private void Publish(List<PendingAppend> appends, int from, int until)
    {
        for (var i = from; i < until; i++)
        {
            if (appends[i].Segment is not { } segment)
                continue;
            var header = appends[i].Header;
            segment.Published = appends[i].End;
            Volatile.Write(ref _nextPublished, header.Sequence + 1);
            foreach (var reader in _allReaders)
            {
                if ((header.Readers & reader.Bit) == 0)
                    reader.FinishRange(header.Sequence, header.Sequence + 1);
            }
        }
    }
}
