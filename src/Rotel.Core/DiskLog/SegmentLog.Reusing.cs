using System.Collections.Concurrent;

namespace Rotel.DiskLog;

/// <content>
/// The file of a finished segment is the next one's: to write over what is in the system's cache already costs a third of what new pages do.
/// Two are kept, for at most about a minute; their bytes stay counted. Not power-safe: a loss of power can bring the old name back, and positions
/// before it, and what is then missing would be told as lost.
/// </content>
internal sealed partial class SegmentLog
{
    /// <summary>Positions are saved now and then, so that more than one is finished at once.</summary>
    private const int MaxReusable = 2;

    private readonly ConcurrentStack<Segment> _reusable = new();

    /// <summary>Of <see cref="_active"/> before its first write: the file that it will have.</summary>
    private Segment? _taken;

    /// <summary>Of <see cref="_reusable"/>.</summary>
    private long ReusableBytes => _reusable.Sum(kept => kept.Bytes);

    /// <summary>Under the retention's lock, all having passed: whether the segment's file is kept, which then is its no more.</summary>
    private bool TryKeepFile(Segment segment)
    {
        // One of a single large record would take room for long and be of no use.
        if (IsPowerSafe || _reusable.Count >= MaxReusable || segment.Bytes > _settings.SegmentBytes || !segment.TryDropAside(_files))
            return false;
        _reusable.Push(segment);
        ArmMaintenance();
        return true;
    }

    /// <summary>Removes a file that is kept; false when there is none, or it cannot be.</summary>
    public bool DropReusable()
    {
        lock (_retention)
        {
            if (!_reusable.TryPop(out var kept))
                return false;
            try
            {
                _files.Delete(kept.FinishedPath);
            }
            catch (Exception exception) when (FileFault.IsExpected(exception))
            {
                // Later, or at the next start.
                _reusable.Push(kept);
                return false;
            }

            _space.Cancel(kept.Bytes);
        }

        _space.Announce();
        return true;
    }

    private void DropAllReusable()
    {
        while (DropReusable())
        {
        }
    }

    /// <summary>Of the leader, for the segment that it is about to begin.</summary>
    private void TakeReusable()
    {
        if (_taken is null && _reusable.TryPop(out var kept))
            _taken = kept;
    }

    /// <summary>
    /// Of the leader: the file that the new segment took, under its name; null where there is none. Until its header is written over it is
    /// the old segment, which all have finished.
    /// </summary>
    private IFile? TryReuse(Segment segment)
    {
        if (_taken is not { } taken)
            return null;
        try
        {
            _files.Rename(taken.FinishedPath, segment.Path);
            var file = _files.Open(segment.Path, FileUse.Write);
            _taken = null;
            return file;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // Whichever name it has now.
            _leftovers.Push(segment.Path);
            LeaveTaken();
            DeleteLeftovers();
            return null;
        }
    }

    /// <summary>What was taken is not needed after all, and goes before the next file is made.</summary>
    private void LeaveTaken()
    {
        if (_taken is not null)
            _leftovers.Push(_taken.FinishedPath);
        _taken = null;
    }

    /// <summary>Of the leader, when it seals: cuts off what the file still has of another segment.</summary>
    private void CutInherited(Segment segment)
    {
        var excess = segment.Bytes - _framer.Start;
        if (excess <= 0)
            return;
        try
        {
            _file!.Truncate(_framer.Start);
            segment.Bytes -= excess;
            _space.Cancel(excess);
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // It counts for nothing where it is, but for its size.
        }
    }
}
