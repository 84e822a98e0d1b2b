using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <content>
/// For sources that keep their data until they are told how it ended (Kafka). They never give up waiting for room: a body is prepared once,
/// and admission is tried until it succeeds or Rotel stops.
/// </content>
internal sealed partial class Intake
{
    /// <summary>
    /// Takes ownership of a body, also when it throws, and validates and processes it into a payload, which is the caller's until
    /// <see cref="TryAdmit(OtlpPayload, out Task)"/> takes it. Without payload the result is final: a body without items was accepted, or
    /// the body was refused and counted so, or processors left nothing of it; the completion is then never told. Blocks where a processor
    /// waits.
    /// </summary>
    /// <param name="signal">What the body holds.</param>
    /// <param name="body">The buffer it is in.</param>
    /// <param name="length">Its length.</param>
    /// <param name="metadata">What is kept of the headers; null for nothing.</param>
    /// <param name="completion">Told once how the payload ended; null when nobody wants to know.</param>
    /// <param name="payload">The caller's, or null.</param>
    /// <exception cref="OperationCanceledException">Rotel stops while a processor waits; nothing was accepted.</exception>
    public IngestResult Prepare(
        OtlpSignal signal, PooledBuffer body, int length, RequestMetadata? metadata, DeliveryCompletion? completion, out OtlpPayload? payload)
    {
        Relief?.Touch();
        return TryPrepare(signal, body, length, metadata, completion, out payload);
    }

    /// <summary>
    /// Puts a prepared payload into every target queue, which then own it; on any other result it stays the caller's.
    /// </summary>
    /// <param name="payload">Prepared here.</param>
    /// <param name="room">With <see cref="AdmissionResult.Full"/>, completes when it is worth trying again.</param>
    /// <remarks>
    /// A payload whose completion <see cref="DeliveryCompletion.EndsWhenDurable"/> is admitted while it is still being written: records of
    /// one source share a sync of the disk. Should the log not take it, it is tried again for as long as Rotel runs.
    /// </remarks>
    public AdmissionResult TryAdmit(OtlpPayload payload, out Task room)
    {
        var (signal, items, losses) = (payload.Signal, payload.ReceivedItems, payload.Losses);
        var admission = AdmissionResult.Admitted;
        var admitting = TryAdmitOrGetRoomAsync(payload, out room);
        if (admitting.IsCompletedSuccessfully)
            admission = admitting.Result;
        else
            _ = FinishAdmissionAsync(payload, admitting.AsTask());
        if (admission == AdmissionResult.Admitted)
        {
            losses?.Count();
            Accept(signal, items);
        }

        return admission;
    }

    /// <summary>Never throws. Owns the payload; its source waits for its completion.</summary>
    private async Task FinishAdmissionAsync(OtlpPayload payload, Task<AdmissionResult> admitting)
    {
        var completion = payload.Completion;
        var admission = await admitting.ConfigureAwait(false);
        while (admission == AdmissionResult.Full)
        {
            admission = await TryAdmitOrGetRoomAsync(payload, out var room).ConfigureAwait(false);
            if (admission == AdmissionResult.Full)
                await room.ConfigureAwait(false);
        }

        if (admission == AdmissionResult.Admitted)
            return;
        payload.Dispose();
        completion?.Complete(DeliveryStatus.Abandoned);
    }
}
