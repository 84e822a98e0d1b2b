namespace Rotel.Certificates;

/// <summary>What a peer's certificate must be good for.</summary>
internal enum PeerRole
{
    /// <summary>The peer is the server that we connect to.</summary>
    Server,

    /// <summary>The peer is a client that connects to us.</summary>
    Client,
}
