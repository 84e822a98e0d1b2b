using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>
/// What one processor has left out of one signal, and how often it failed, since it was made. Thread-safe; read by the instruments.
/// </summary>
internal sealed class ProcessorLedger(string processor, OtlpSignal signal)
{
    private readonly long[] _dropped = new long[ProcessorLossReasons.Count];
    private long _failures;

    public string Processor { get; } = processor;

    public OtlpSignal Signal { get; } = signal;

    /// <summary>Payloads on which it failed, whatever became of them.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Items of accepted requests that it left out for a reason.</summary>
    public long Dropped(ProcessorLossReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    public void CountDropped(ProcessorLossReason reason, int items) => Interlocked.Add(ref _dropped[(int)reason], items);

    public void CountFailure() => Interlocked.Increment(ref _failures);
}
