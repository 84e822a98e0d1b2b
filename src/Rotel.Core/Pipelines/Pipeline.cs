using Rotel.Delivery;
using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>
/// Steps 3 and 4 of the flow for one signal: the processors in order, then the fan-out to one queue per exporter. Admission is
/// all-or-nothing and synchronous: room in every queue first, then the payload goes into all of them by reference.
/// </summary>
internal sealed class Pipeline
{
    private readonly IPayloadProcessor[] _processors;
    private readonly ExporterQueue[] _queues;

    /// <param name="signal">The one signal that passes.</param>
    /// <param name="processors">Applied in order.</param>
    /// <param name="queues">One per exporter that serves the signal; at most 64.</param>
    public Pipeline(OtlpSignal signal, IEnumerable<IPayloadProcessor> processors, IEnumerable<ExporterQueue> queues)

        // Queues that can refuse are asked first, so that no other has dropped for a payload that is then refused.
        : this(signal, [.. processors], [.. queues.OrderBy(queue => queue.Overflow != OverflowPolicy.Block)]) =>
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_queues.Length, 64);

    private Pipeline(OtlpSignal signal, IPayloadProcessor[] processors, ExporterQueue[] queues)
    {
        Signal = signal;
        _processors = processors;
        _queues = queues;
        MayWait = Array.Exists(_processors, static processor => processor is IAsyncPayloadProcessor);
    }

    public OtlpSignal Signal { get; }

    /// <summary>Told of every payload of spans that is admitted; null where nobody asks for the delivery of a trace.</summary>
    public TraceWatch? Traces { get; init; }

    /// <summary>Whether a processor may wait, so that who can wait without a thread should use <see cref="ProcessAsync"/>.</summary>
    public bool MayWait { get; }

    /// <summary>The same processors, before another queue.</summary>
    public Pipeline WithQueue(ExporterQueue queue) => new(Signal, _processors, [queue]) { Traces = Traces };

    /// <summary>
    /// The way to the same queues for what other processes have processed, and follow themselves.
    /// </summary>
    public Pipeline WithoutProcessors() => new(Signal, [], _queues);

    /// <summary>
    /// Takes ownership of a payload, also when it throws, and returns the processed one, owned by the caller; null when nothing is left of
    /// it.
    /// </summary>
    public OtlpPayload? Process(OtlpPayload payload)
    {
        OtlpPayload? current = payload;
        try
        {
            foreach (var processor in _processors)
            {
                current = processor.Process(current);
                if (current is null)
                    break;
            }

            return current;
        }
        catch
        {
            current?.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="Process"/>
    public async ValueTask<OtlpPayload?> ProcessAsync(OtlpPayload payload, CancellationToken cancellationToken)
    {
        OtlpPayload? current = payload;
        try
        {
            foreach (var processor in _processors)
            {
                current = processor is IAsyncPayloadProcessor waiting
                    ? await waiting.ProcessAsync(current, cancellationToken).ConfigureAwait(false)
                    : processor.Process(current);
                if (current is null)
                    break;
            }

            return current;
        }
        catch
        {
            current?.Dispose();
            throw;
        }
    }

    /// <summary>Whether no queue that blocks is full at this moment; reserves nothing.</summary>
    public bool MayAdmit(OtlpPayload payload)
    {
        foreach (var queue in _queues)
        {
            if (Blocks(queue, payload) && !queue.MayReserve(payload.Charge))
                return false;
        }

        return true;
    }

    /// <summary>Puts a processed payload into every queue; on any other result than admitted it stays the caller's.</summary>
    public AdmissionResult TryAdmit(OtlpPayload payload)
    {
        var overflowing = 0UL;
        for (var i = 0; i < _queues.Length; i++)
        {
            var queue = _queues[i];
            var blocks = Blocks(queue, payload);
            var result = queue.TryReserve(payload.Charge, mayEvict: !blocks);
            if (result == AdmissionResult.Admitted)
                continue;
            if (result == AdmissionResult.Full && !blocks)
            {
                overflowing |= 1UL << i;
                continue;
            }

            for (var reserved = 0; reserved < i; reserved++)
            {
                if ((overflowing & (1UL << reserved)) == 0)
                    _queues[reserved].CancelReservation(payload.Charge);
            }

            return result;
        }

        if (Traces is not null && Signal == OtlpSignal.Traces)
            payload.Completion = Traces.Follow(payload);
        payload.Completion?.AddPending(_queues.Length);
        for (var i = 0; i < _queues.Length; i++)
        {
            if ((overflowing & (1UL << i)) != 0)
            {
                _queues[i].DropNewest(payload);
                continue;
            }

            payload.AddReference();
            _queues[i].Enqueue(payload);
        }

        payload.Completion?.Complete(DeliveryStatus.Delivered);
        payload.Dispose();
        return AdmissionResult.Admitted;
    }

    private static bool Blocks(ExporterQueue queue, OtlpPayload payload) =>
        queue.Overflow == OverflowPolicy.Block || payload.Completion is { AlwaysBlocks: true };
}
