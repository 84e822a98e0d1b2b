using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Rotel.Certificates;

namespace Rotel.Destinations;

/// <summary>TLS towards a destination, taken apart: what is offered, and what is thought of what comes back.</summary>
/// <param name="CreateOptions">Options for one handshake, with a name to ask for only where it is not the host's.</param>
/// <param name="FindProblem">Why what was shown is not trusted, or null; what the default validation found is handed in.</param>
internal sealed record DestinationTls(
    Func<SslClientAuthenticationOptions> CreateOptions, Func<X509Certificate2, X509Chain?, SslPolicyErrors, string?> FindProblem)
{
    /// <summary>The certificate of its own that an exporter shows; null for none.</summary>
    public X509Certificate2? Identity { get; init; }

    /// <summary>Whether anything is trusted.</summary>
    public bool TrustsAnything { get; init; }

    /// <summary>What the system trusts.</summary>
    public static DestinationTls OfSystem() => new(static () => new SslClientAuthenticationOptions(), FindProblemAsSystem);

    /// <summary>The system's verdict in words.</summary>
    public static string? FindProblemAsSystem(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return "it is for another host name";
        return chain is null ? "its chain could not be built" : CertificateAuthorities.Explain(chain);
    }
}
