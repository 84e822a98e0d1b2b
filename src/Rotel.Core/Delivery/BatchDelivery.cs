using Rotel.Batching;
using Rotel.Diagnostics;
using Rotel.Pipelines;

namespace Rotel.Delivery;

/// <summary>Step 6 of the flow: brings one batch to its exporter, attempt after attempt, until it has an end.</summary>
internal sealed class BatchDelivery(
    ExporterQueueSettings settings,
    IExporter exporter,
    DeliveryPace pace,
    TimeProvider time,
    ExporterLedger ledger,
    DeliveryLog log)
{
    /// <summary>Never throws. The batch stays the caller's.</summary>
    public async ValueTask<DeliveryEnd> DeliverAsync(OtlpBatch batch)
    {
        var schedule = settings.Retry;
        var firstFailure = 0L;
        string? message = null;
        while (!pace.Stopped.IsCancellationRequested)
        {
            var outcome = await AttemptAsync(batch, schedule.Failures + 1).ConfigureAwait(false);
            message = outcome.Message;
            ledger.NoteAttempt(outcome, time.GetUtcNow());
            if (outcome.Kind == ExportOutcomeKind.Delivered)
                return DeliveryEnd.Delivered(outcome.RejectedItems, Warn(outcome));

            if (outcome.Kind == ExportOutcomeKind.TooLarge)
                return DeliveryEnd.TooLarge();
            if (outcome.Kind == ExportOutcomeKind.Rejected)
                return DeliveryEnd.Dropped(outcome.Reason, message);
            if (pace.Stopped.IsCancellationRequested)
                break;

            if (schedule.Failures == 0)
                firstFailure = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(firstFailure);
            if (schedule.NextWait(elapsed, outcome.RetryAfter, Random.Shared.NextDouble(), pace.LongestWait) is not { } wait)
                return DeliveryEnd.Dropped(DropReason.RetryExpired, message);

            log.Retrying(message, wait);
            await pace.WaitAsync(wait).ConfigureAwait(false);
        }

        return DeliveryEnd.ShutDown(message);
    }

    private async ValueTask<ExportOutcome> AttemptAsync(OtlpBatch batch, int number)
    {
        using var attempt = new CancellationTokenSource(settings.RequestTimeout, time);
        using var stop = pace.Stopped.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), attempt);
        var started = time.GetTimestamp();
        var activity = settings.Activities?.Start(batch, settings.Exporter, number);
        var outcome = default(ExportOutcome);
        string? error = null;
        try
        {
            using var unseen = settings.SuppressInstrumentation?.Invoke();
            return outcome = await exporter.ExportAsync(batch, attempt.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (attempt.IsCancellationRequested)
        {
            // This may well be the thread of timers; what follows writes to the host's log.
            await pace.SwitchAsync();
            error = "timeout";
            return outcome = pace.Stopped.IsCancellationRequested
                ? ExportOutcome.Retry("the attempt was cut off by shutdown")
                : ExportOutcome.Retry($"no answer within {settings.RequestTimeout.TotalSeconds:0.###} s");
        }
        catch (Exception exception)
        {
            // A defect of the exporter must cost no data: the batch is tried again within the retry limit.
            log.ExporterFailed(exception);
            error = exception.GetType().FullName;
            return outcome = ExportOutcome.Retry($"{exporter.GetType().Name} failed: {exception.GetType().Name}");
        }
        finally
        {
            ledger.RecordAttempt(time.GetElapsedTime(started));
            ExportActivities.End(activity, outcome, error);
        }
    }

    /// <summary>A destination may accept everything and still say something (OTLP: zero rejected and a message).</summary>
    private string? Warn(in ExportOutcome outcome)
    {
        if (outcome.RejectedItems == 0 && !string.IsNullOrEmpty(outcome.Message))
            log.Warned(outcome.Message);
        return outcome.Message;
    }
}
