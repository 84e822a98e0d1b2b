using Microsoft.Extensions.Logging;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Telemetry;

/// <summary>
/// Rotel's own messages on their way into its pipelines: a few are gathered in wire form, within bounds and charged to the budget, and
/// handed in together. What finds no room, here or in a queue, is counted as refused and is said in the host's log, never here. No timer
/// runs while there is none. Thread-safe.
/// </summary>
internal sealed class OwnLogRecords : IDisposable
{
    /// <summary>Records that wait at most.</summary>
    public const int MaxRecords = 1000;

    /// <summary>Bytes of them at most.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>How long the first waits for others.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Lock _handingIn = new();
    private readonly OwnResource _resource;
    private readonly InternalIntake _intake;
    private readonly TimeProvider _time;
    private readonly PooledBytes _records;
    private readonly ITimer _timer;
    private int _count;
    private bool _timerSet;
    private bool _closed;

    /// <param name="resource">Whose messages they are.</param>
    /// <param name="intake">Where they are handed in.</param>
    /// <param name="pool">Where they wait.</param>
    /// <param name="time">The clock and the timers.</param>
    public OwnLogRecords(OwnResource resource, InternalIntake intake, BufferPool pool, TimeProvider time)
    {
        _resource = resource;
        _intake = intake;
        _time = time;
        _records = new PooledBytes(pool);
        _timer = time.CreateTimer(
            static records => ((OwnLogRecords)records!).HandInSoon(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a message. Never throws.</summary>
    public void Add(LogLevel level, string category, EventId eventId, string body, object? state, Exception? exception)
    {
        var isRefused = false;
        var isEnough = false;
        lock (_lock)
        {
            if (_closed)
                return;

            var before = _records.Length;
            if (_count == MaxRecords || !TryWrite(level, category, eventId, body, state, exception) || _records.Length > MaxBytes)
            {
                _records.Length = before;
                isRefused = true;
            }
            else
            {
                _count++;
                isEnough = _count == MaxRecords / 2 || (before < MaxBytes / 2 && _records.Length >= MaxBytes / 2);
                if (!_timerSet)
                {
                    _timerSet = true;
                    _timer.Change(Delay, Timeout.InfiniteTimeSpan);
                }
            }
        }

        if (isRefused)
            _intake.CountRefused(OtlpSignal.Logs, 1);
        else if (isEnough)
            HandInSoon();
    }

    /// <summary>Hands in what waits, now.</summary>
    public void HandIn()
    {
        lock (_handingIn)
        {
            PooledBuffer? buffer = null;
            int length, count;
            lock (_lock)
            {
                (length, count, _count, _timerSet) = (_records.Length, _count, 0, false);
                buffer = _records.Detach();
            }

            if (buffer is null)
                return;
            using (buffer)
            {
                _intake.HandIn(OtlpSignal.Logs, request =>
                {
                    var writer = new MessageWriter(request);
                    var begun = _resource.Begin(writer);
                    request.Write(buffer.Span[..length]);
                    OwnResource.End(writer, begun);
                    return count;
                });
            }
        }
    }

    /// <summary>Takes no more, and hands in what waits.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
        HandIn();
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _closed = true;
            _records.Release();
        }
    }

    /// <summary>False where a value of the message's or its exception fails to say what it is.</summary>
    private bool TryWrite(LogLevel level, string category, EventId eventId, string body, object? state, Exception? exception)
    {
        try
        {
            LogRecordWriting.Write(
                new MessageWriter(_records),
                CollectorFields.ScopeEnvelope.Items,
                UnixTime.NanosecondsOf(_time.GetUtcNow()),
                level,
                category,
                eventId,
                body,
                state,
                exception);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>On a worker: timers must be short, and a message may be written under anybody's lock.</summary>
    private void HandInSoon() => _intake.Post(HandIn);
}
