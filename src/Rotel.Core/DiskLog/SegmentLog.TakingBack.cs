namespace Rotel.DiskLog;

/// <content>What was written and does not count: after a failed write, after a failed sync, and at the end.</content>
internal sealed partial class SegmentLog
{
    /// <summary>Files of which nothing counts, and that could not be removed: they have sequences that are used again.</summary>
    private readonly Stack<string> _leftovers = new();

    /// <summary>Has the file end where it was good; where it cannot be made to, it is sealed there.</summary>
    private void TakeBack()
    {
        var segment = _active!;
        var unused = segment.Bytes - _framer.Start;
        segment.Bytes = _framer.Start;
        if (_framer.Start == 0)
        {
            // A new one, which nobody has seen yet.
            _active = null;
            LeaveTaken();
            if (_file is not null)
                Discard(segment.Path);
        }
        else
        {
            try
            {
                _file!.Truncate(_framer.Start);
                _framer.Reset(_framer.Start, segment.Salt);
            }
            catch (Exception exception) when (FileFault.IsExpected(exception))
            {
                // What is behind has sequences that the next segment begins with, by which it is known to be no part of this.
                segment.HasTail = true;
                Retire();
            }
        }

        _space.Cancel(unused);
    }

    private void SealAfterFailure()
    {
        if (_active is null)
            return;
        var framed = _batch.FindIndex(_done, append => append.Segment is not null);
        if (framed >= 0)
            _nextSequence = _batch[framed].Header.Sequence;
        TakeBack();
        if (_active is not null)
            Retire();
    }

    private void Discard(string path)
    {
        _file!.Dispose();
        _file = null;
        try
        {
            _files.Delete(path);
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            _leftovers.Push(path);
        }
    }

    /// <summary>
    /// Segments end with what was confirmed; those of which nothing was have to go before the next begins where they did. The last goes
    /// first: should one stay and the process die, what is found is without a gap, which would look like a loss.
    /// </summary>
    private void TakeBackUnconfirmed()
    {
        // Another log that has no room may be dropping the same.
        lock (_retention)
            TakeBackUnconfirmedAlone();
    }

    private void TakeBackUnconfirmedAlone()
    {
        _nextSequence = NextSequence;
        var segments = Volatile.Read(ref _segments);
        foreach (var segment in segments)
        {
            // Of no sequence where none was confirmed, should a cursor be waiting in it.
            if (segment.End <= _nextSequence)
                continue;
            segment.Seal(Math.Max(segment.First, _nextSequence));
            segment.HasTail = true;
        }

        var unconfirmed = Array.FindAll(segments, segment => segment.First >= _nextSequence);
        var left = unconfirmed.Length;
        var later = TryDeleteLeftovers() ? [] : _leftovers.Reverse().ToArray();
        while (later.Length == 0 && left > 0 && unconfirmed[left - 1].TryDrop(_files))
            left--;
        _leftovers.Clear();
        for (var i = 0; i < unconfirmed.Length; i++)
        {
            if (Remove(unconfirmed[i]))
                _space.Cancel(unconfirmed[i].Bytes);
            if (i < left)
                _leftovers.Push(unconfirmed[i].Path);
        }

        foreach (var path in later)
            _leftovers.Push(path);
    }

    /// <summary>
    /// Of the thread, when it closes: what was never confirmed must not be found at the next start, for its senders were refused, or it was
    /// delivered from memory. Normally the next segment sees to that; here none follows.
    /// </summary>
    private void TakeBackTail()
    {
        if (!TryDeleteLeftovers() || Volatile.Read(ref _segments) is not [.., { HasTail: true } last])
            return;
        try
        {
            using var file = _files.Open(last.Path, FileUse.Write);
            file.Truncate(last.Published);
            if (IsPowerSafe)
                file.Sync();
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // The disk still fails. What is refused or delivered may then come again, which is all that can be promised.
        }
    }

    private void DeleteLeftovers()
    {
        for (; _leftovers.TryPeek(out var leftover); _leftovers.Pop())
            _files.Delete(leftover);
    }

    private bool TryDeleteLeftovers()
    {
        try
        {
            DeleteLeftovers();
            return true;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            return false;
        }
    }
}
