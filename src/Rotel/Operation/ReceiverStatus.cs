namespace Rotel.Operation;

/// <summary>One way in.</summary>
public sealed class ReceiverStatus
{
    internal ReceiverStatus()
    {
    }

    /// <summary>
    /// Gets the name, as in metrics: <c>otlp_grpc</c>, <c>otlp_http</c>, <c>hand_off</c>, <c>host_grpc</c>, <c>host_http</c>, <c>kafka</c>.
    /// </summary>
    public string Name { get; internal init; } = "";

    /// <summary>Gets where it listens, with the ports that were bound; empty for one that does not.</summary>
    public IReadOnlyList<string> Endpoints { get; internal init; } = [];

    /// <summary>Gets what keeps it from receiving; null while nothing does.</summary>
    public string? Problem { get; internal init; }

    /// <summary>Gets the connections it refused before their first request, by reason; reasons that did not occur are left out.</summary>
    public IReadOnlyDictionary<string, long> RefusedConnections { get; internal init; } = new Dictionary<string, long>();

    /// <summary>Gets what it did with each signal that goes somewhere.</summary>
    public IReadOnlyList<ReceiverSignalStatus> Signals { get; internal init; } = [];
}
