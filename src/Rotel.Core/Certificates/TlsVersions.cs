using System.Security.Authentication;

namespace Rotel.Certificates;

/// <summary>What a lowest version of TLS means for a connection.</summary>
internal static class TlsVersions
{
    /// <summary>The version and those above it.</summary>
    public static SslProtocols AndLater(this TlsVersion lowest) =>
        lowest == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
}
