using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>What one receiver has accepted and refused of one signal since it was made. Thread-safe; read by the instruments.</summary>
internal sealed class ReceiverLedger(string receiver, OtlpSignal signal)
{
    private readonly long[] _refused = new long[RefusalReasons.Count];
    private long _accepted;
    private long _repaired;
    private long _oversized;

    public string Receiver { get; } = receiver;

    public OtlpSignal Signal { get; } = signal;

    /// <summary>Items accepted.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Strings that were not UTF-8 and were repaired.</summary>
    public long RepairedStrings => Volatile.Read(ref _repaired);

    /// <summary>Items over the size limit of one item, left out of requests that were accepted.</summary>
    public long OversizedItems => Volatile.Read(ref _oversized);

    /// <summary>Requests refused for a reason. Requests, not items: what is refused unread has no items.</summary>
    public long Refused(RefusalReason reason) => Volatile.Read(ref _refused[(int)reason]);

    public void CountAccepted(int items) => Interlocked.Add(ref _accepted, items);

    public void CountRepaired(int strings) => Interlocked.Add(ref _repaired, strings);

    public void CountOversized(int items) => Interlocked.Add(ref _oversized, items);

    public void CountRefused(RefusalReason reason) => Interlocked.Increment(ref _refused[(int)reason]);
}
