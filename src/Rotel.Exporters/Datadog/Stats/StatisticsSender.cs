using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Pipelines;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// Sends statistics one after another and tries again what the intake may take later, within the exporter's limits on retries or, where it
/// has none, the global ones. What is too large is cut. What waits is bounded: the oldest makes room. Nothing is sent twice but what got
/// no clear answer. Safe for concurrent use.
/// </summary>
internal sealed class StatisticsSender(
    DatadogClient client,
    DatadogExporterOptions options,
    ExporterContext context,
    StatisticsLimits limits) : IAsyncDisposable
{
    /// <summary>The longest wait between tries while somebody waits for a flush, as everywhere at shutdown.</summary>
    private static readonly TimeSpan HurriedWait = TimeSpan.FromSeconds(1);

    /// <summary>Less than a timer can be set to, whatever an intake asks.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private const string Stopped = "the exporter is stopped";

    private readonly Lock _lock = new();
    private readonly Queue<StatisticsPayload> _waiting = new();
    private readonly Stack<StatisticsPayload> _parts = new();
    private readonly StatisticsCutter _cutter = new(client, context.Pool);
    private readonly CancellationTokenSource _stop = new();
    private readonly OncePerInterval _lossLines = new(context.Time);
    private readonly OncePerInterval _retryLines = new(context.Time);
    private StatisticsPayload? _current;
    private RetrySchedule _schedule;
    private long _firstFailure;
    private long _waitingBytes;
    private ITimer? _timer;
    private bool _isSending;
    private bool _isStopped;
    private int _flushes;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _ended;
    private long _lostSpans;
    private long _unloggedSpans;

    /// <summary>Spans whose statistics were given up.</summary>
    public long LostSpans => Volatile.Read(ref _lostSpans);

    /// <summary>Takes ownership, and sends it when its turn comes.</summary>
    public void Enqueue(StatisticsPayload payload)
    {
        List<StatisticsPayload> dropped = [];
        var isStopped = false;
        lock (_lock)
        {
            isStopped = _isStopped;
            if (!isStopped)
            {
                _waiting.Enqueue(payload);
                _waitingBytes += payload.Body.Charge;
                while (_waiting.Count > 1 && (_waiting.Count > limits.MaxWaiting || _waitingBytes > limits.MaxWaitingBytes))
                    dropped.Add(Dequeue());

                // While another waits for its retry, this one waits behind it.
                if (_current is null)
                    Begin();
            }
        }

        if (isStopped)
            Lose(payload, Stopped);
        foreach (var oldest in dropped)
            Lose(oldest, "too much is waiting for an intake that does not take it");
    }

    /// <summary>
    /// Completes when all that was enqueued before is sent or given up. Cuts the wait for a retry short, and those that follow to a second.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Task drained;
        lock (_lock)
        {
            if (_isStopped || (_current is null && _waiting.Count == 0 && _parts.Count == 0))
                return;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
            _flushes++;
            Begin();
        }

        try
        {
            await drained.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _flushes--;
        }
    }

    /// <summary>Ends the attempt that goes on, and gives up what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        Task ended;
        lock (_lock)
        {
            if (_isStopped)
                return;
            _isStopped = true;
            _timer?.Dispose();
            _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isSending)
                _ended.SetResult();
            ended = _ended.Task;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await ended.ConfigureAwait(false);
        if (_current is { } current)
            Lose(current, Stopped);
        while (_parts.TryPop(out var part))
            Lose(part, Stopped);
        while (_waiting.Count > 0)
            Lose(Dequeue(), Stopped);
        _current = null;
        _drained?.TrySetResult();
        _stop.Dispose();
    }

    /// <summary>Writes what no line told yet of losses; the last that is called.</summary>
    public void LogLosses()
    {
        if (Interlocked.Exchange(ref _unloggedSpans, 0) is var spans and > 0)
            context.Logger.StatisticsLost(context.Name, spans, Stopped);
    }

    private void Begin()
    {
        if (_isSending || _isStopped)
            return;
        _isSending = true;
        context.Workers.Post(() => _ = SendAllAsync());
    }

    /// <summary>What a timer does: it only wakes a worker.</summary>
    private void Resume()
    {
        lock (_lock)
        {
            if (_current is not null)
                Begin();
        }
    }

    private async Task SendAllAsync()
    {
        while (Next() is { } payload)
        {
            var answer = await AttemptAsync(payload).ConfigureAwait(false);
            if (answer.Kind == DatadogAnswerKind.Retry)
            {
                if (IsPostponed(payload, answer))
                    return;
            }
            else if (answer.IsDelivered)
            {
                Done(payload);
            }
            else if (answer.Kind == DatadogAnswerKind.TooLarge)
            {
                await context.Workers.SwitchAsync();
                Cut(payload, answer);
            }
            else
            {
                Done(payload, answer.Message ?? "the intake does not take it");
            }
        }
    }

    /// <summary>What is to be sent now; null when there is nothing, and then nobody is sending.</summary>
    private StatisticsPayload? Next()
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                End();
                return null;
            }

            if (_current is null && (_parts.Count > 0 || _waiting.Count > 0))
            {
                _current = _parts.TryPop(out var part) ? part : Dequeue();
                _schedule = RetrySchedule.From(options.Retry.Or(context.Retry));
            }

            if (_current is null)
            {
                End();
                _drained?.SetResult();
                _drained = null;
            }

            return _current;
        }
    }

    private void End()
    {
        _isSending = false;
        _ended?.TrySetResult();
    }

    private async Task<DatadogAnswer> AttemptAsync(StatisticsPayload payload)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.RequestTimeout, context.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            return await client.SendAsync(DatadogIntake.Stats, payload.Body, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // This may well be the thread of timers; what follows writes to the host's log.
            await context.Workers.SwitchAsync();
            return new(DatadogAnswerKind.Retry, $"no answer within {options.RequestTimeout.TotalSeconds:0.###} s");
        }
        catch (Exception exception)
        {
            // A defect, which would come again with every try; it must not end the sending of what comes after.
            return new(DatadogAnswerKind.Rejected, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    /// <summary>Sets the timer for the next try; false when there is none, and the payload is given up.</summary>
    private bool IsPostponed(StatisticsPayload payload, in DatadogAnswer answer)
    {
        var message = answer.Message ?? "no answer";
        TimeSpan wait;
        lock (_lock)
        {
            if (_isStopped)
            {
                End();
                return true;
            }

            if (_schedule.Failures == 0)
                _firstFailure = context.Time.GetTimestamp();
            var since = context.Time.GetElapsedTime(_firstFailure);
            var longest = _flushes > 0 ? HurriedWait : LongestWait;
            if (_schedule.NextWait(since, answer.RetryAfter, Random.Shared.NextDouble(), longest) is not { } next)
            {
                wait = Timeout.InfiniteTimeSpan;
            }
            else
            {
                wait = next;
                End();
                _timer ??= context.Time.CreateTimer(
                    static state => ((StatisticsSender)state!).Resume(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
            }
        }

        if (wait == Timeout.InfiniteTimeSpan)
        {
            Done(payload, $"retried for too long; {message}");
            return false;
        }

        if (_retryLines.TryTake(out _))
            context.Logger.StatisticsRetried(context.Name, wait.TotalSeconds, message);
        return true;
    }

    /// <summary>Puts the halves in the place of a payload.</summary>
    private void Cut(StatisticsPayload payload, in DatadogAnswer answer)
    {
        if (_cutter.Cut(payload) is not var (first, second))
        {
            Done(payload, answer.Message ?? "the intake finds it too large");
            return;
        }

        lock (_lock)
        {
            _current = null;
            _parts.Push(second);
            _parts.Push(first);
        }

        payload.Dispose();
    }

    private void Done(StatisticsPayload payload, string? loss = null)
    {
        lock (_lock)
            _current = null;
        if (loss is null)
            payload.Dispose();
        else
            Lose(payload, loss);
    }

    private StatisticsPayload Dequeue()
    {
        var payload = _waiting.Dequeue();
        _waitingBytes -= payload.Body.Charge;
        return payload;
    }

    private void Lose(StatisticsPayload payload, string reason)
    {
        Interlocked.Add(ref _lostSpans, payload.Spans);
        Interlocked.Add(ref _unloggedSpans, payload.Spans);
        payload.Dispose();
        if (_lossLines.TryTake(out _) && Interlocked.Exchange(ref _unloggedSpans, 0) is var spans and > 0)
            context.Logger.StatisticsLost(context.Name, spans, reason);
    }
}
