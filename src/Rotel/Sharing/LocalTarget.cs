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
        // What makes room must not wait for it: the payload is given back when this is settled.
        var copy = intake.Pool.RentOverdraft(payload.Length);
        payload.Body.Span.CopyTo(copy.Span);
        var result = await intake
            .IngestAsync(payload.Signal, copy, payload.Length, intake.StartRequest(senderTimeout: null), cancellationToken, payload.Metadata)
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
