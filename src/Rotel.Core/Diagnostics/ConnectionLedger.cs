using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>The connections that one receiver has refused since it was made. Thread-safe; read by the instruments.</summary>
internal sealed class ConnectionLedger(string receiver)
{
    private readonly long[] _refused = new long[ConnectionRefusals.Count];

    public string Receiver { get; } = receiver;

    public long Refused(ConnectionRefusal reason) => Volatile.Read(ref _refused[(int)reason]);

    public void CountRefused(ConnectionRefusal reason) => Interlocked.Increment(ref _refused[(int)reason]);
}
