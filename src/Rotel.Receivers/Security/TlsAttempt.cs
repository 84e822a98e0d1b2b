namespace Rotel.Receivers.Security;

/// <summary>How far the TLS handshake of one connection has come; a feature of the connection.</summary>
internal sealed class TlsAttempt
{
    /// <summary>The client's first message has arrived and is TLS.</summary>
    public bool HasHello { get; set; }

    /// <summary>The handshake is over and requests may come.</summary>
    public bool IsDone { get; set; }

    /// <summary>Why the client's certificate was refused; null when it was not.</summary>
    public string? CertificateProblem { get; set; }
}
