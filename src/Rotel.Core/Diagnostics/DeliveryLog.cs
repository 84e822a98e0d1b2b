using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>
/// What one exporter queue has to say of losses and failures, at most once per interval for each kind: the first at once, the rest added
/// up. Nothing is lost by the wait: what is left is written when the interval ends or the log is disposed. No timer runs while all is well.
/// </summary>
internal sealed class DeliveryLog : IDisposable
{
    /// <summary>How often a kind of event is written at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly ILogger _logger;
    private readonly string _exporter;
    private readonly string _signal;
    private readonly TimeProvider _time;
    private readonly Pending[] _dropped = new Pending[DropReasons.Count];
    private readonly ITimer _timer;
    private Pending _retries;
    private Pending _warnings;
    private Pending _faults;
    private Exception? _lastFault;
    private TimeSpan _lastWait;
    private bool _timerArmed;

    public DeliveryLog(ILogger logger, string exporter, OtlpSignal signal, TimeProvider time)
    {
        _logger = logger;
        _exporter = exporter;
        _signal = signal.Name();
        _time = time;
        _timer = time.CreateTimer(
            static log => ((DeliveryLog)log!).OnInterval(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Items were lost; the counting is the ledger's.</summary>
    public void Dropped(DropReason reason, long items, string? message) => Note(ref _dropped[(int)reason], items, message);

    /// <summary>An attempt failed and will be repeated.</summary>
    public void Retrying(string? message, TimeSpan wait)
    {
        lock (_lock)
            _lastWait = wait;
        Note(ref _retries, 1, message);
    }

    /// <summary>A destination took everything and had something to say.</summary>
    public void Warned(string message) => Note(ref _warnings, 1, message);

    /// <summary>An exporter threw, which it must not.</summary>
    public void ExporterFailed(Exception exception)
    {
        lock (_lock)
            _lastFault = exception;
        Note(ref _faults, 1, null);
    }

    /// <summary>Writes what is left, without waiting for intervals to end.</summary>
    public void WriteAll()
    {
        lock (_lock)
            WritePending(all: true);
    }

    /// <summary>Writes what is left and ends the timer.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        WriteAll();
    }

    private void Note(ref Pending pending, long count, string? message)
    {
        lock (_lock)
        {
            pending.Count += count;
            pending.Message = message ?? pending.Message;
            WritePending(all: false);
        }
    }

    private void OnInterval()
    {
        lock (_lock)
        {
            _timerArmed = false;
            WritePending(all: false);
        }
    }

    /// <summary>Writes every kind whose interval has passed and sets the timer for the others. Under the lock.</summary>
    private void WritePending(bool all)
    {
        var waits = false;
        for (var i = 0; i < _dropped.Length; i++)
        {
            if (IsDue(ref _dropped[i], all, ref waits))
                _logger.Dropped(_dropped[i].Take(), _signal, _exporter, ((DropReason)i).Name(), _dropped[i].Message);
        }

        if (IsDue(ref _retries, all, ref waits))
            _logger.Retrying(_retries.Take(), _signal, _exporter, _lastWait.TotalSeconds, _retries.Message);
        if (IsDue(ref _warnings, all, ref waits))
            _logger.DestinationWarned(_warnings.Take(), _signal, _exporter, _warnings.Message);
        if (IsDue(ref _faults, all, ref waits))
            _logger.ExporterFailed(_faults.Take(), _signal, _exporter, _lastFault);

        if (waits && !_timerArmed && !all)
        {
            _timerArmed = true;
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private bool IsDue(ref Pending pending, bool all, ref bool waits)
    {
        if (pending.Count == 0)
            return false;

        if (!all && pending.LastWritten is { } last && _time.GetElapsedTime(last) < Interval)
        {
            waits = true;
            return false;
        }

        pending.LastWritten = _time.GetTimestamp();
        return true;
    }

    private struct Pending
    {
        public long Count;
        public string? Message;
        public long? LastWritten;

        public long Take()
        {
            var count = Count;
            Count = 0;
            return count;
        }
    }
}
