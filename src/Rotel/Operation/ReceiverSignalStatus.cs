using Rotel.Otlp;

namespace Rotel.Operation;

/// <summary>What one receiver did with one signal.</summary>
public sealed class ReceiverSignalStatus
{
    internal ReceiverSignalStatus()
    {
    }

    /// <summary>Gets the signal.</summary>
    public OtlpSignal Signal { get; internal init; }

    /// <summary>Gets the items accepted.</summary>
    public long Accepted { get; internal init; }

    /// <summary>Gets the requests refused, by reason; reasons that did not occur are left out.</summary>
    public IReadOnlyDictionary<string, long> Refused { get; internal init; } = new Dictionary<string, long>();

    /// <summary>Gets the items over the size limit that were left out of requests accepted otherwise.</summary>
    public long OversizedItems { get; internal init; }
}
