namespace Rotel.Pipelines;

/// <summary>
/// Why a connection was refused before its first request. A closed list, the value of the attribute <c>rotel.reason</c> of
/// <c>rotel.receiver.connections.refused</c>.
/// </summary>
internal enum ConnectionRefusal
{
    /// <summary>The limit of open connections was reached.</summary>
    TooManyConnections,

    /// <summary>Mutual TLS: the client showed no certificate, or one that is not trusted here.</summary>
    ClientCertificate,

    /// <summary>The client began a TLS handshake that came to no end.</summary>
    Handshake,

    /// <summary>The client began no TLS handshake.</summary>
    NotTls,
}
