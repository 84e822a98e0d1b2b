using Rotel.Exporters.Datadog.Intake;
using Rotel.Threading;

namespace Rotel.Exporters.Datadog;

/// <summary>
/// One attempt at what is pending of a batch, a few requests at a time. An intake that asks to wait gets no more of them; the others do.
/// </summary>
internal sealed class DatadogAttempt
{
    private const int MaxConcurrentRequests = 4;

    private readonly Lock _lock = new();
    private readonly DatadogBatch _batch;
    private readonly DatadogClient _client;
    private readonly PayloadCutter _cutter;
    private readonly BackgroundWorkers _workers;
    private readonly Queue<IntakePayload> _due;
    private readonly bool[] _waits = new bool[Enum.GetValues<DatadogIntake>().Length];

    public DatadogAttempt(DatadogBatch batch, DatadogClient client, PayloadCutter cutter, BackgroundWorkers workers)
    {
        _batch = batch;
        _client = client;
        _cutter = cutter;
        _workers = workers;
        _due = new(batch.Payloads.Where(payload => payload.State == IntakePayloadState.Pending));
    }

    /// <summary>Why something is still pending; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>What an intake asked to wait, the longest of all.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    /// <summary>Returns when no request is under way any more, even if it throws for cancellation.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var concurrent = Math.Min(_due.Count, MaxConcurrentRequests);
        return concurrent <= 1
            ? SendAsync(cancellationToken)
            : Task.WhenAll(Enumerable.Range(0, concurrent).Select(_ => SendAsync(cancellationToken)));
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (Next() is { } payload)
        {
            var answer = await _client.SendAsync(payload.Intake, payload.Body, cancellationToken).ConfigureAwait(false);
            switch (answer.Kind)
            {
                case DatadogAnswerKind.Delivered:
                    payload.Deliver();
                    break;
                case DatadogAnswerKind.Rejected:
                    payload.Reject(answer.Message);
                    break;
                case DatadogAnswerKind.TooLarge:
                    await _workers.SwitchAsync();
                    Cut(payload, answer);
                    break;
                default:
                    Postpone(payload, answer);
                    break;
            }
        }
    }

    private IntakePayload? Next()
    {
        lock (_lock)
        {
            while (_due.TryDequeue(out var payload))
            {
                if (!_waits[(int)payload.Intake])
                    return payload;
            }

            return null;
        }
    }

    private void Cut(IntakePayload payload, in DatadogAnswer answer)
    {
        if (_cutter.Cut(payload) is not var (first, second))
        {
            payload.RejectOversized(answer.Message);
            return;
        }

        _batch.Replace(payload, first, second);
        lock (_lock)
        {
            _due.Enqueue(first);
            _due.Enqueue(second);
        }
    }

    private void Postpone(IntakePayload payload, in DatadogAnswer answer)
    {
        lock (_lock)
        {
            _waits[(int)payload.Intake] = true;
            Problem ??= answer.Message ?? "no answer";
            if (RetryAfter is null || answer.RetryAfter > RetryAfter)
                RetryAfter = answer.RetryAfter;
        }
    }
}
