using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// What <see cref="Http2Preface"/> puts on a cleartext connection that speaks HTTP/2: the server chooses HTTP/2 beside HTTP/1.1 only where
/// it sees these features. They do not mean TLS: whoever asks for that must ask for <see cref="ITlsHandshakeFeature"/>, which only TLS
/// sets.
/// </summary>
internal sealed class ClearTextHttp2 : ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private ClearTextHttp2()
    {
    }

    public static ClearTextHttp2 Instance { get; } = new();

    public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

    /// <summary>Always null.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
        Task.FromResult<X509Certificate2?>(null);
}
