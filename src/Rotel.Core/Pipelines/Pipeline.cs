using Rotel.Delivery;
using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>
/// Steps 3 and 4 of the flow for one signal: the processors in order, then the fan-out to one queue per exporter.
/// </summary>
internal sealed class Pipeline
{
    private readonly IPayloadProcessor[] _processors;
    private readonly FanOut _fanOut;

    /// <param name="signal">The one signal that passes.</param>
    /// <param name="processors">Applied in order.</param>
    /// <param name="queues">One per exporter that serves the signal; at most 64.</param>
    /// <param name="traces">Told of every payload of spans that is admitted; null where nobody asks for the delivery of a trace.</param>
    public Pipeline(
        OtlpSignal signal, IEnumerable<IPayloadProcessor> processors, IEnumerable<ExporterQueue> queues, TraceWatch? traces = null)
        : this(signal, [.. processors], new FanOut(queues, signal == OtlpSignal.Traces ? traces : null))
    {
    }

    private Pipeline(OtlpSignal signal, IPayloadProcessor[] processors, FanOut fanOut)
    {
        Signal = signal;
        _processors = processors;
        _fanOut = fanOut;
        MayWait = Array.Exists(_processors, static processor => processor is IAsyncPayloadProcessor);
    }

    public OtlpSignal Signal { get; }

    /// <summary>Whether a processor may wait, so that who can wait without a thread should use <see cref="ProcessAsync"/>.</summary>
    public bool MayWait { get; }

    /// <summary>The same processors, before another queue.</summary>
    public Pipeline WithQueue(ExporterQueue queue) => new(Signal, _processors, _fanOut.With(queue));

    /// <summary>
    /// The way to the same queues for what other processes have processed, and follow themselves.
    /// </summary>
    public Pipeline WithoutProcessors() => new(Signal, [], _fanOut);

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

    /// <inheritdoc cref="FanOut.HasDisk"/>
    public bool HasDisk => _fanOut.HasDisk;

    /// <inheritdoc cref="FanOut.MayAdmit"/>
    public bool MayAdmit(OtlpPayload payload, bool durable = false) => _fanOut.MayAdmit(payload, durable);

    /// <inheritdoc cref="FanOut.TryAdmitAsync"/>
    public ValueTask<AdmissionResult> TryAdmitAsync(OtlpPayload payload, bool durable = false) => _fanOut.TryAdmitAsync(payload, durable);
}
