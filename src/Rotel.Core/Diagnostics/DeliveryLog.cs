using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>
/// What one exporter queue has to say of losses and failures, at most once per interval for each kind: the first at once, the rest added
/// up. Nothing is lost by the wait: what is left is written when the interval ends or the log is disposed. No timer runs while all is well.
/// Never throws, and never calls the host's logger under a lock or on the thread of timers. Thread-safe.
/// </summary>
internal sealed class DeliveryLog : IDisposable
{
    /// <summary>How often a kind of event is written at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // The kinds of events: a drop for each reason, then these.
    private const int Retries = DropReasons.Count;
    private const int Warnings = Retries + 1;
    private const int Faults = Warnings + 1;

    private readonly Lock _lock = new();
    private readonly ILogger _logger;
    private readonly string _exporter;
    private readonly string _signal;
    private readonly TimeProvider _time;
    private readonly Pending[] _kinds = new Pending[Faults + 1];
    private readonly ITimer _timer;
    private long? _timerDue;
    private bool _disposed;

    public DeliveryLog(ILogger logger, string exporter, OtlpSignal signal, TimeProvider time)
    {
        _logger = logger;
        _exporter = exporter;
        _signal = signal.Name();
        _time = time;
        _timer = time.CreateTimer(
            static log => ThreadPool.UnsafeQueueUserWorkItem(static log => log.OnInterval(), (DeliveryLog)log!, preferLocal: false),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Items were lost; the counting is the ledger's.</summary>
    public void Dropped(DropReason reason, long items, string? message) => Note((int)reason, items, message);

    /// <summary>An attempt failed and will be repeated.</summary>
    public void Retrying(string? message, TimeSpan wait) => Note(Retries, 1, message, wait);

    /// <summary>A destination took everything and had something to say.</summary>
    public void Warned(string message) => Note(Warnings, 1, message);

    /// <summary>An exporter threw, which it must not.</summary>
    public void ExporterFailed(Exception exception) => Note(Faults, 1, null, fault: exception);

    /// <summary>Writes what is left now, without waiting for the interval.</summary>
    public void WriteAll() => WritePending(all: true);

    /// <summary>Writes what is left; what comes later is written at once.</summary>
    public void Dispose()
    {
        lock (_lock)
            _disposed = true;
        _timer.Dispose();
        WriteAll();
    }

    private void Note(int kind, long count, string? message, TimeSpan wait = default, Exception? fault = null)
    {
        Pending due;
        lock (_lock)
        {
            ref var pending = ref _kinds[kind];
            pending.Count += count;
            pending.Message = message ?? pending.Message;
            pending.Wait = wait;
            pending.Fault = fault;
            if (!TryTake(ref pending, _disposed, out due))
                return;
        }

        Write(kind, due);
    }

    private void OnInterval()
    {
        lock (_lock)
            _timerDue = null;
        WritePending(all: false);
    }

    private void WritePending(bool all)
    {
        for (var kind = 0; kind < _kinds.Length; kind++)
        {
            Pending due;
            lock (_lock)
            {
                if (!TryTake(ref _kinds[kind], all, out due))
                    continue;
            }

            Write(kind, due);
        }
    }

    /// <summary>Takes what may be written now, or sets the timer for what has to wait. Under the lock.</summary>
    private bool TryTake(ref Pending pending, bool atOnce, out Pending due)
    {
        due = pending;
        if (pending.Count == 0)
            return false;

        if (!atOnce && pending.LastWritten is { } last && Interval - _time.GetElapsedTime(last) is var wait && wait > TimeSpan.Zero)
        {
            SetTimer(wait);
            return false;
        }

        pending = new Pending { LastWritten = _time.GetTimestamp() };
        return true;
    }

    private void SetTimer(TimeSpan wait)
    {
        var due = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
        if (_timerDue <= due)
            return;

        _timerDue = due;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Write(int kind, in Pending due)
    {
        try
        {
            switch (kind)
            {
                case Retries:
                    _logger.Retrying(due.Count, _signal, _exporter, due.Wait.TotalSeconds, due.Message);
                    break;
                case Warnings:
                    _logger.DestinationWarned(due.Count, _signal, _exporter, due.Message);
                    break;
                case Faults:
                    _logger.ExporterFailed(due.Count, _signal, _exporter, due.Fault);
                    break;
                default:
                    _logger.Dropped(due.Count, _signal, _exporter, ((DropReason)kind).Name(), due.Message);
                    break;
            }
        }
        catch (Exception)
        {
            // A logger of the host's threw; that must not end a delivery, or the process by one of our threads.
        }
    }

    /// <summary>What is not written yet of one kind, and when it was written last.</summary>
    private struct Pending
    {
        public long Count;
        public string? Message;
        public TimeSpan Wait;
        public Exception? Fault;
        public long? LastWritten;
    }
}
