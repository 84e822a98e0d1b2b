using System.Diagnostics.CodeAnalysis;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Threading;

namespace Rotel.Pipelines;

/// <summary>
/// Steps 1 and 2 of the flow without a transport: a receiver rents a buffer here, fills it with a body, and hands it in; it is validated,
/// processed and admitted to every target queue, or refused with a reason. Everything refused is counted here, also what the receiver
/// refuses by itself.
/// </summary>
internal sealed partial class Intake
{
    /// <summary>What senders are asked to wait after a refusal for lack of room.</summary>
    internal static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Bodies up to this are validated on the request's own thread; larger ones on a background worker.</summary>
    internal const int MaxInlineValidation = 1024 * 1024;

    private readonly TimeProvider _time;
    private readonly IntakeSettings _settings;
    private volatile Pipeline?[] _pipelines;
    private readonly ReceiverLedger[] _ledgers;

    /// <param name="pool">Where bodies are kept.</param>
    /// <param name="time">The clock of deadlines.</param>
    /// <param name="workers">Where large bodies are validated.</param>
    /// <param name="settings">Limits and modes.</param>
    /// <param name="pipelines">By signal; null where the signal has no exporter or is switched off for this receiver.</param>
    /// <param name="ledgers">By signal.</param>
    public Intake(
        BufferPool pool,
        TimeProvider time,
        BackgroundWorkers workers,
        IntakeSettings settings,
        Pipeline?[] pipelines,
        ReceiverLedger[] ledgers)
    {
        Pool = pool;
        _time = time;
        Workers = workers;
        _settings = settings;
        _pipelines = pipelines;
        _ledgers = ledgers;
    }

    public BufferPool Pool { get; }

    /// <summary>Told of every request; null where a starved pool is left alone.</summary>
    public StarvationRelief? Relief { get; init; }

    /// <summary>Whether payloads of nothing but Rotel's own telemetry are marked as such.</summary>
    public bool MarksOwn { get; init; }

    /// <summary>What is let through.</summary>
    public OtlpLimits Limits => _settings.Limits;

    /// <summary>Where work goes that is too much for a request's own thread.</summary>
    public BackgroundWorkers Workers { get; }

    /// <summary>
    /// Sends what is admitted from now on elsewhere, requests that are waiting for room included. The other pipelines serve the same
    /// signals with the same processors.
    /// </summary>
    public void Redirect(Pipeline?[] pipelines) => _pipelines = pipelines;

    /// <summary>Whether the signal has somewhere to go; otherwise its path does not exist.</summary>
    public bool Accepts(OtlpSignal signal) => _pipelines[(int)signal] is not null;

    /// <summary>Starts the clock of one request.</summary>
    /// <param name="senderTimeout">What the sender said it would wait (<c>grpc-timeout</c>); null when it did not.</param>
    public IngestDeadlines StartRequest(TimeSpan? senderTimeout)
    {
        Relief?.Touch(lingers: !_settings.IsInProcess);
        if (senderTimeout == Timeout.InfiniteTimeSpan)
            senderTimeout = null;
        var admission = senderTimeout < _settings.AdmissionTimeout ? senderTimeout.Value : _settings.AdmissionTimeout;
        return new IngestDeadlines(new Deadline(_time, admission), new Deadline(_time, senderTimeout ?? _settings.AcknowledgementTimeout));
    }

    /// <summary>Counts and describes a refusal. The receiver's way to refuse what it never hands in.</summary>
    public IngestResult Refuse(OtlpSignal signal, RefusalReason reason, string message)
    {
        _ledgers[(int)signal].CountRefused(reason);
        return IngestResult.Refused(reason, message, reason.IsRetryable() ? BusyRetryAfter : null);
    }

    /// <summary>Lends a buffer for a body, charged to the budget; false when there is no room at this moment.</summary>
    public bool TryRent(int size, [NotNullWhen(true)] out PooledBuffer? buffer) => Pool.TryRent(size, out buffer);

    /// <summary>Lends a buffer, waiting for room up to the admission deadline; null when there was none (refuse as busy).</summary>
    /// <exception cref="OperationCanceledException">The sender went away.</exception>
    public async ValueTask<PooledBuffer?> RentAsync(int size, IngestDeadlines deadlines, CancellationToken cancellationToken)
    {
        if (Pool.TryRent(size, out var buffer))
            return buffer;

        using var late = new CancellationTokenSource(deadlines.Admission.Remaining, _time);
        while (!TryRentOrGetRoom(size, out buffer, out var room))
        {
            if (!await WaitForRoomAsync(room, late, cancellationToken).ConfigureAwait(false))
                return null;
        }

        return buffer;
    }

    /// <summary>
    /// Waits up to the admission deadline until so many bytes would find room, and takes them where <paramref name="reserves"/>; false when
    /// there was none (refuse as busy). What is taken is the caller's to release.
    /// </summary>
    /// <exception cref="OperationCanceledException">The sender went away.</exception>
    public async ValueTask<bool> FindRoomAsync(long bytes, bool reserves, IngestDeadlines deadlines, CancellationToken cancellationToken)
    {
        if (IsThereRoom())
            return true;

        using var late = new CancellationTokenSource(deadlines.Admission.Remaining, _time);
        while (true)
        {
            // The signal is taken before the look, so that room made in between is not missed.
            var room = Pool.Budget.Room.NextRelease();
            if (IsThereRoom())
                return true;
            if (!await WaitForRoomAsync(room, late, cancellationToken).ConfigureAwait(false))
                return false;
        }

        bool IsThereRoom() => reserves ? Pool.Budget.TryReserve(bytes) : Pool.Budget.HasRoomFor(bytes);
    }

    /// <summary>As <see cref="RentAsync"/>, blocking the calling thread.</summary>
    public PooledBuffer? Rent(int size, IngestDeadlines deadlines)
    {
        PooledBuffer? buffer;
        while (!TryRentOrGetRoom(size, out buffer, out var room))
        {
            if (!WaitForRoom(room, deadlines))
                return null;
        }

        return buffer;
    }

    /// <summary>
    /// Takes ownership of <paramref name="body"/>, also when it throws, and answers when the acknowledgement mode allows.
    /// </summary>
    /// <param name="signal">What the body holds.</param>
    /// <param name="body">The buffer it is in.</param>
    /// <param name="length">Its length.</param>
    /// <param name="deadlines">Of the request.</param>
    /// <param name="cancellationToken">The sender went away.</param>
    /// <param name="metadata">What is kept of the request's headers; null for nothing.</param>
    /// <exception cref="OperationCanceledException">The sender went away while it waited for room; nothing was accepted.</exception>
    public ValueTask<IngestResult> IngestAsync(
        OtlpSignal signal,
        PooledBuffer body,
        int length,
        IngestDeadlines deadlines,
        CancellationToken cancellationToken,
        RequestMetadata? metadata = null)
    {
        if (length > MaxInlineValidation || _pipelines[(int)signal]!.MayWait)
            return IngestSlowAsync(signal, body, length, metadata, deadlines, cancellationToken);

        var answered = TryPrepare(signal, body, length, metadata, NewCompletion(signal), out var payload);
        if (payload is null)
            return new ValueTask<IngestResult>(answered);
        return answered.RejectedItems == 0
            ? AdmitAsync(payload, deadlines, cancellationToken)
            : AdmitRestAsync(payload, answered, deadlines, cancellationToken);
    }

    /// <summary>As <see cref="IngestAsync"/>, blocking the calling thread: for senders that have one of their own.</summary>
    public IngestResult Ingest(OtlpSignal signal, PooledBuffer body, int length, IngestDeadlines deadlines)
    {
        IngestResult answered;
        OtlpPayload? payload;
        try
        {
            answered = TryPrepare(signal, body, length, metadata: null, NewCompletion(signal), out payload);
        }
        catch (OperationCanceledException)
        {
            return RefuseStopping(signal);
        }

        if (payload is null)
            return answered;

        var (items, losses, completion) = (payload.ReceivedItems, payload.Losses, payload.Completion as AwaitedCompletion);
        AdmissionResult admission;
        while ((admission = Wait(TryAdmitOrGetRoomAsync(payload, out var room))) == AdmissionResult.Full)
        {
            if (!WaitForRoom(room, deadlines))
                break;
        }

        if (admission != AdmissionResult.Admitted)
            return RefuseAdmission(payload, admission);
        losses?.Count();
        if (completion is null)
            return Accept(signal, items);

        var delivered = completion.Task.Wait(deadlines.Delivery.Remaining) ? completion.Task.Result : DeliveryStatus.Abandoned;
        return Acknowledge(signal, items, delivered);
    }

    /// <summary>What is too much for the request's own thread, or has to wait for code that is not ours.</summary>
    private async ValueTask<IngestResult> IngestSlowAsync(
        OtlpSignal signal,
        PooledBuffer body,
        int length,
        RequestMetadata? metadata,
        IngestDeadlines deadlines,
        CancellationToken cancellationToken)
    {
        var completion = NewCompletion(signal);
        var preparation = length <= MaxInlineValidation
            ? PrepareAsync(signal, body, length, metadata, completion, cancellationToken)
            : await Workers.RunAsync(() => PrepareAsync(signal, body, length, metadata, completion, cancellationToken))
                .ConfigureAwait(false);
        var (answered, payload) = await preparation.ConfigureAwait(false);
        return payload is null ? answered : await AdmitRestAsync(payload, answered, deadlines, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Admits what is left of a request; what was left out is counted only once the rest is accepted, for else all is repeated.
    /// </summary>
    private async ValueTask<IngestResult> AdmitRestAsync(
        OtlpPayload payload, IngestResult leftOut, IngestDeadlines deadlines, CancellationToken cancellationToken)
    {
        var signal = payload.Signal;
        var result = await AdmitAsync(payload, deadlines, cancellationToken).ConfigureAwait(false);
        if (!result.IsAccepted || leftOut.RejectedItems == 0)
            return result;

        _ledgers[(int)signal].CountOversized(leftOut.RejectedItems);
        return IngestResult.PartlyAccepted(result.ItemCount, leftOut.RejectedItems, leftOut.Message!);
    }

    private ValueTask<IngestResult> AdmitAsync(OtlpPayload payload, IngestDeadlines deadlines, CancellationToken cancellationToken)
    {
        var request = new AdmittedRequest(payload.Signal, payload.ReceivedItems, payload.Losses, payload.Completion as AwaitedCompletion);
        var admission = TryAdmitAsync(payload);
        if (request.Completion is not null || !admission.IsCompletedSuccessfully)
            return AdmitSlowAsync(request, payload, admission, deadlines, cancellationToken);

        var admitted = admission.Result;
        if (admitted != AdmissionResult.Admitted)
            return AdmitSlowAsync(request, payload, new ValueTask<AdmissionResult>(admitted), deadlines, cancellationToken);
        request.Losses?.Count();
        return new ValueTask<IngestResult>(Accept(request.Signal, request.Items));
    }

    /// <param name="request">What is to be known of the payload when it is not the caller's any more.</param>
    /// <param name="payload">The caller's until it is admitted.</param>
    /// <param name="admitting">The first try.</param>
    /// <param name="deadlines">Of the request.</param>
    /// <param name="cancellationToken">The sender went away.</param>
    private async ValueTask<IngestResult> AdmitSlowAsync(
        AdmittedRequest request,
        OtlpPayload payload,
        ValueTask<AdmissionResult> admitting,
        IngestDeadlines deadlines,
        CancellationToken cancellationToken)
    {
        var (signal, items, losses, completion) = request;
        var admission = await admitting.ConfigureAwait(false);
        if (admission == AdmissionResult.Full)
            admission = await WaitForAdmissionAsync(payload, deadlines, cancellationToken).ConfigureAwait(false);
        if (admission != AdmissionResult.Admitted)
            return RefuseAdmission(payload, admission);
        losses?.Count();
        if (completion is null)
            return Accept(signal, items);

        await ((Task)completion.Task.WaitAsync(deadlines.Delivery.Remaining, _time, CancellationToken.None))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var delivered = completion.Task.IsCompleted ? await completion.Task.ConfigureAwait(false) : DeliveryStatus.Abandoned;
        return Acknowledge(signal, items, delivered);
    }

    /// <summary>Tries again whenever there is room; disposes the payload when the sender goes away.</summary>
    private async ValueTask<AdmissionResult> WaitForAdmissionAsync(
        OtlpPayload payload, IngestDeadlines deadlines, CancellationToken cancellationToken)
    {
        try
        {
            using var late = new CancellationTokenSource(deadlines.Admission.Remaining, _time);
            AdmissionResult admission;
            while ((admission = await TryAdmitOrGetRoomAsync(payload, out var room).ConfigureAwait(false)) == AdmissionResult.Full)
            {
                if (!await WaitForRoomAsync(room, late, cancellationToken).ConfigureAwait(false))
                    break;
            }

            return admission;
        }
        catch (OperationCanceledException)
        {
            payload.Dispose();
            throw;
        }
    }

    /// <summary>Whoever was promised a log, where there is none on this way, is told of the delivery.</summary>
    private AwaitedCompletion? NewCompletion(OtlpSignal signal) => _settings.Acknowledgement switch
    {
        // The process's own SDK does not try again.
        AcknowledgementMode.Delivered => new AwaitedCompletion(senderKeeps: !_settings.IsInProcess),
        AcknowledgementMode.Durable when !_pipelines[(int)signal]!.HasDisk => new AwaitedCompletion(senderKeeps: !_settings.IsInProcess),
        _ => null,
    };

    private IngestResult Accept(OtlpSignal signal, int items)
    {
        _ledgers[(int)signal].CountAccepted(items);
        return IngestResult.Accepted(items);
    }

    private IngestResult Acknowledge(OtlpSignal signal, int items, DeliveryStatus status) => status switch
    {
        DeliveryStatus.Delivered => Accept(signal, items),
        DeliveryStatus.Rejected => RefuseAdmitted(
            signal, items, RefusalReason.DestinationRejected, "A destination refused the data for good."),
        _ => RefuseAdmitted(signal, items, RefusalReason.NotDelivered, "A destination did not confirm delivery in time."),
    };

    /// <summary>The items are in the queues all the same, and so in the ledger of what was accepted.</summary>
    private IngestResult RefuseAdmitted(OtlpSignal signal, int items, RefusalReason reason, string message)
    {
        _ledgers[(int)signal].CountAccepted(items);
        return Refuse(signal, reason, message);
    }

    private IngestResult RefuseAdmission(OtlpPayload payload, AdmissionResult admission)
    {
        var signal = payload.Signal;
        payload.Dispose();
        return admission == AdmissionResult.Closed
            ? RefuseStopping(signal)
            : Refuse(signal, RefusalReason.Busy, "No room in the exporter queues; try again later.");
    }

    private IngestResult RefuseStopping(OtlpSignal signal) => Refuse(signal, RefusalReason.Stopping, "Rotel is shutting down.");

    /// <summary>A sender's wait for room is no part of the payload's age: a batch would be closed as old the moment it is opened.</summary>
    private ValueTask<AdmissionResult> TryAdmitAsync(OtlpPayload payload)
    {
        payload.AcceptedAt = _time.GetTimestamp();
        return _pipelines[(int)payload.Signal]!.TryAdmitAsync(payload, IsDurable(payload));
    }

    private ValueTask<AdmissionResult> TryAdmitOrGetRoomAsync(OtlpPayload payload, out Task room)
    {
        // The signal is taken before the try, so that room made in between is not missed.
        room = Pool.Budget.QueueRoom.NextRelease();

        // A reservation that is taken back wakes those who wait, and so would this sender itself, for ever.
        return _pipelines[(int)payload.Signal]!.MayAdmit(payload, IsDurable(payload))
            ? TryAdmitAsync(payload)
            : new ValueTask<AdmissionResult>(AdmissionResult.Full);
    }

    private bool IsDurable(OtlpPayload payload) =>
        _settings.Acknowledgement == AcknowledgementMode.Durable || payload.Completion is { EndsWhenDurable: true };

    /// <summary>Only a log makes it wait, for as long as one write takes.</summary>
    private static AdmissionResult Wait(ValueTask<AdmissionResult> admission) =>
        admission.IsCompletedSuccessfully ? admission.Result : admission.AsTask().GetAwaiter().GetResult();

    private bool TryRentOrGetRoom(int size, [NotNullWhen(true)] out PooledBuffer? buffer, out Task room)
    {
        room = Task.CompletedTask;
        if (Pool.TryRent(size, out buffer))
            return true;
        room = Pool.Budget.Room.NextRelease();
        return Pool.TryRent(size, out buffer);
    }

    private static bool WaitForRoom(Task room, IngestDeadlines deadlines)
    {
        var remaining = deadlines.Admission.Remaining;
        return remaining != TimeSpan.Zero && room.Wait(remaining);
    }

    /// <param name="room">What to wait for.</param>
    /// <param name="late">The deadline; one timer for all waits of a request.</param>
    /// <param name="cancellationToken">The sender went away.</param>
    private static async ValueTask<bool> WaitForRoomAsync(Task room, CancellationTokenSource late, CancellationToken cancellationToken)
    {
        using var gone = cancellationToken.UnsafeRegister(static late => ((CancellationTokenSource)late!).Cancel(), late);
        await room.WaitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return !late.IsCancellationRequested;
    }

    /// <summary>What is to be known of a payload once it is not the intake's any more.</summary>
    private readonly record struct AdmittedRequest(OtlpSignal Signal, int Items, ProcessorLosses? Losses, AwaitedCompletion? Completion);
}
