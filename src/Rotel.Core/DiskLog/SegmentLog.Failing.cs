namespace Rotel.DiskLog;

/// <content>Whether the disk can be written to, and who is told. The leader and the thread find out, each on its own.</content>
internal sealed partial class SegmentLog
{
    /// <summary>A file with which the disk is tried.</summary>
    internal const string ProbeName = "probe";

    /// <summary>How often one append tries the disk while it fails, and those who wait for room are woken.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>After so many seconds in which nobody has appended, the thread tries the disk itself.</summary>
    private const int IdleSecondsBeforeProbe = 5;

    private const int ProbeBytes = 64 * 1024;

    /// <summary>While it fails; it is never left unarmed then.</summary>
    private readonly ITimer _failingTimer;

    /// <summary>What is to be told, in the order in which it came about; null where all is well again. Under the gate.</summary>
    private readonly Queue<(AppendOutcome Outcome, string Message)?> _untold = new();
    private bool _isTelling;

    /// <summary>Changed under the gate, as the rest.</summary>
    private volatile bool _isFailing;
    private volatile bool _isGated;
    private volatile AppendOutcome _failure;
    private long _failedAt;

    /// <summary>It is the cap that is in the way, not the disk.</summary>
    private bool _isCapped;
    private int _idleSeconds;

    /// <summary>How many there were: what was written before the last one says nothing about what is now.</summary>
    private long _failures;

    private bool IsWaitingToRetry => _isGated && _time.GetElapsedTime(Volatile.Read(ref _failedAt)) < RetryInterval;

    /// <summary>Has the next append try the disk, though it failed a moment ago; where it fails again, those after it wait as before.</summary>
    public void RetryNow()
    {
        lock (_gate)
            _isGated = false;
    }

    /// <summary>Bytes were given back somewhere, or a reader has let go of a segment.</summary>
    public void OnFreed()
    {
        lock (_gate)
        {
            if (!_isFailing || _failure != AppendOutcome.NoSpace)
                return;
            _isGated = false;
        }

        _room.Pulse();
    }

    /// <summary>Of who leads.</summary>
    private void SetFailing(AppendOutcome outcome, string message, bool isGated)
    {
        lock (_gate)
        {
            _failures++;
            _failure = outcome;
            Volatile.Write(ref _failedAt, _time.GetTimestamp());
            _isGated = isGated;
            _isCapped = !isGated;
            _idleSeconds = 0;
            if (_isFailing)
                return;
            _isFailing = true;
            _untold.Enqueue((outcome, message));
        }

        _failingTimer.Change(RetryInterval, Timeout.InfiniteTimeSpan);
        Tell();
    }

    /// <param name="failures">How many there had been when what has gone well began.</param>
    private void SetRecovered(long failures)
    {
        lock (_gate)
        {
            if (!_isFailing || _failures != failures)
                return;
            _isGated = false;
            _isFailing = false;
            _untold.Enqueue(null);
        }

        Tell();
        _room.Pulse();
    }

    private void OnStillFailing()
    {
        bool isIdle;
        lock (_gate)
        {
            if (!_isFailing)
                return;
            isIdle = ++_idleSeconds >= IdleSecondsBeforeProbe;
            if (isIdle)
                _idleSeconds = 0;
        }

        _failingTimer.Change(RetryInterval, Timeout.InfiniteTimeSpan);
        if (isIdle)
            Demand(Duties.Probe);
        _room.Pulse();
    }

    /// <summary>Of the thread: where nobody appends, nobody else would ever find out that it works again.</summary>
    private void Probe()
    {
        long failures;
        bool isCapped;
        lock (_gate)
        {
            if (!_isFailing || _isClosing)
                return;
            failures = _failures;
            isCapped = _isCapped;
        }

        if (isCapped)
            DropAllReusable();
        if (isCapped ? _space.UsedBytes + ProbeBytes <= _space.MaxBytes : TryProbe(Path.Combine(_settings.Directory, ProbeName)))
            SetRecovered(failures);
    }

    private bool TryProbe(string path)
    {
        try
        {
            // What a process left that died over it.
            _files.Delete(path);
            try
            {
                using var file = Create(path);
                WriteAll(file, [new byte[ProbeBytes]], 0);
                if (IsPowerSafe)
                    file.Sync();
            }
            finally
            {
                _files.Delete(path);
            }

            return true;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            return false;
        }
    }

    /// <summary>Under no lock, and yet one after the other: who comes meanwhile leaves it to who is at it.</summary>
    private void Tell()
    {
        while (true)
        {
            (AppendOutcome Outcome, string Message)? next;
            lock (_gate)
            {
                if (_isTelling || !_untold.TryDequeue(out next))
                    return;
                _isTelling = true;
            }

            try
            {
                if (next is { } failing)
                    _events.Failing(failing.Outcome, failing.Message);
                else
                    _events.Recovered();
            }
            finally
            {
                lock (_gate)
                    _isTelling = false;
            }
        }
    }
}
