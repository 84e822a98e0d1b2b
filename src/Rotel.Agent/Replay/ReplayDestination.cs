using Microsoft.Extensions.Logging;
using Rotel.Batching;
using Rotel.Configuration;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Agent.Replay;

/// <summary>
/// One exporter for one signal. Each line is a request by itself, as it was when it was refused: merged with others, one that is refused
/// again would take them with it.
/// </summary>
internal sealed class ReplayDestination : IDisposable
{
    /// <summary>Nobody waits for a command for ever, whatever the settings say of the agent.</summary>
    private static readonly TimeSpan LongestRetry = RetryOptions.DefaultMaxElapsedTime;

    private readonly OtlpSignal _signal;
    private readonly ExporterQueueSettings _settings;
    private readonly BatchPreparation _preparation;
    private readonly BatchDelivery _delivery;
    private readonly DeliveryPace _pace;
    private readonly DeliveryLog _log;
    private readonly BackgroundWorkers _workers;
    private readonly SemaphoreSlim _slots;

    public ReplayDestination(
        ConfiguredExporter exporter,
        IExporter instance,
        OtlpSignal signal,
        RotelPlan plan,
        BufferPool pool,
        BackgroundWorkers workers,
        RotelMetrics metrics,
        ILoggerFactory loggers)
    {
        var retry = plan.RetryOf(exporter, signal);
        if (retry.MaxElapsedTime is not { } longest || longest == TimeSpan.Zero || longest > LongestRetry)
            retry.MaxElapsedTime = LongestRetry;
        _signal = signal;
        _workers = workers;
        _settings = new ExporterQueueSettings(
            exporter.Name,
            pool.Budget.Limit,
            OverflowPolicy.Block,
            plan.BatchOf(exporter, signal, pool.Budget.Limit / 2),
            RetrySchedule.From(retry),
            exporter.Options.RequestTimeoutFor(signal),
            exporter.Options.MaxConcurrentRequests)
        {
            MetadataKeys = exporter.Options.MetadataKeys,
        };
        _preparation = new BatchPreparation(instance, pool, _settings.Batch, _settings.MetadataKeys);
        _pace = new DeliveryPace(TimeProvider.System, workers);
        _log = new DeliveryLog(loggers.CreateLogger("Rotel.Delivery"), exporter.Name, signal, TimeProvider.System);
        _delivery = new BatchDelivery(
            _settings, instance, _pace, TimeProvider.System, metrics.CreateExporterLedger(exporter.Name, signal), _log);
        _slots = new SemaphoreSlim(_settings.MaxConcurrentRequests);
    }

    /// <summary>What the destination said when it had been tried for as long as the settings allow; null while there is hope.</summary>
    public string? GivenUp { get; private set; }

    /// <summary>Waits until one more may be sent; what is sent then gives the turn back.</summary>
    public Task TurnAsync() => _slots.WaitAsync();

    /// <summary>Ends attempts and waits.</summary>
    public void Stop() => _pace.Stop();

    /// <summary>Sends the payload, which it takes over; null when all of it is there, or why not.</summary>
    public async Task<string?> SendAsync(OtlpPayload payload)
    {
        var waiting = new Stack<OtlpBatch>();
        try
        {
            if (GivenUp is { } reason)
            {
                payload.Dispose();
                return reason;
            }

            var batch = new OtlpBatch(_signal) { Metadata = payload.Metadata?.Only(_settings.MetadataKeys) };
            batch.Add(payload);
            waiting.Push(batch);
            await _workers.SwitchAsync();
            Prepare(waiting, halve: false);
            while (waiting.Count > 0)
            {
                if (await SendNextAsync(waiting).ConfigureAwait(false) is { } problem)
                    return problem;
            }

            return null;
        }
        catch (Exception exception)
        {
            // An exporter that cannot encode it: a defect, which must not cost the lines after it.
            return $"it could not be encoded: {exception.GetType().Name}";
        }
        finally
        {
            foreach (var left in waiting)
                left.Dispose();
            _slots.Release();
        }
    }

    public void Dispose()
    {
        _log.Dispose();
        _slots.Dispose();
    }

    private async Task<string?> SendNextAsync(Stack<OtlpBatch> waiting)
    {
        var batch = waiting.Peek();
        if (batch.IsBeyondSplitting)
            return "what is around each item is too large to be repeated in so many pieces";
        var end = await _delivery.DeliverAsync(batch).ConfigureAwait(false);
        if (end.IsTooLarge)
        {
            await _workers.SwitchAsync();
            return Prepare(waiting, halve: true) ? null : "it is larger than the destination takes, and not to be cut any smaller";
        }

        var lost = end.LostItems(batch.ItemCount, batch.Encoded?.DeliveredItems ?? 0);
        if (lost == 0)
        {
            waiting.Pop().Dispose();
            return null;
        }

        var message = end.Message ?? end.Reason.Name();
        if (end.Reason == DropReason.RetryExpired)
            GivenUp = message;
        return end.Reason == DropReason.PartiallyRejected
            ? $"{lost} items were refused, which is not said: {message}"
            : message;
    }

    /// <summary>Replaces the batch on top by what it is sent as; false where it cannot be cut.</summary>
    private bool Prepare(Stack<OtlpBatch> waiting, bool halve)
    {
        var pieces = halve ? _preparation.Halve(waiting.Peek()) : _preparation.Prepare(waiting.Peek());
        if (pieces.Count == 0)
            return false;
        waiting.Pop();
        foreach (var piece in pieces.Reverse())
            waiting.Push(piece);
        return true;
    }
}
