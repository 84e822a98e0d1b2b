using Rotel.Batching;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Sharing;

/// <summary>
/// Takes what waited for a holder into this process's own queues, by the same way as what other processes hand over. Each body is copied,
/// for the way in owns what it is given, and this batch is its queue's until the attempt has ended.
/// </summary>
internal sealed class LocalTarget(SharedIntakes intakes) : IForwardTarget
{
    public async ValueTask<ExportOutcome> SendAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        var intake = intakes.For(batch.IsTracked);
        foreach (var payload in batch.Payloads)
        {
            var outcome = await SendAsync(intake, payload, cancellationToken).ConfigureAwait(false);
            if (outcome.Kind != ExportOutcomeKind.Delivered)
                return outcome;
        }

        return ExportOutcome.Delivered();
    }

    public void Dispose()
    {
    }

    private static async ValueTask<ExportOutcome> SendAsync(Intake intake, OtlpPayload payload, CancellationToken cancellationToken)
    {
        // Within the budget, for the copy may wait for room in its queues. The queues' shares leave some of the budget free for it.
        var deadlines = intake.StartRequest(senderTimeout: null);
        if (await intake.RentAsync(payload.Length, deadlines, cancellationToken).ConfigureAwait(false) is not { } copy)
            return ExportOutcome.Retry("No room in the memory budget.");
        payload.Body.Span.CopyTo(copy.Span);
        var result = await intake
            .IngestAsync(payload.Signal, copy, payload.Length, deadlines, cancellationToken, payload.Metadata)
            .ConfigureAwait(false);
        return result switch
        {
            { IsAccepted: true } => ExportOutcome.Delivered(),
            { Reason: RefusalReason.Busy or RefusalReason.Stopping } => ExportOutcome.Retry(result.Message!),
            { Reason: RefusalReason.NotDelivered } => ExportOutcome.Rejected(result.Message!, DropReason.RetryExpired),
            _ => ExportOutcome.Rejected(result.Message!),
        };
    }
}
