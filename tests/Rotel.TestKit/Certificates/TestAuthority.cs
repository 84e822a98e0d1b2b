using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rotel.TestKit.Certificates;

/// <summary>A certificate authority of the test's own: a root, or an intermediate below one.</summary>
public sealed class TestAuthority : IDisposable
{
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;

    private TestAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>The certificate of the authority, without its key.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    public static TestAuthority CreateRoot(string name = "Rotel test root")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = RequestFor(name, key);
        var (from, until) = (TimeProvider.System.GetUtcNow().AddYears(-2), TimeProvider.System.GetUtcNow().AddYears(10));
        return new TestAuthority(request.CreateSelfSigned(from, until));
    }

    public TestAuthority CreateIntermediate(string name = "Rotel test intermediate")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var signed = RequestFor(name, key).Create(_certificate, now.AddYears(-1), now.AddYears(5), Serial());
        return new TestAuthority(signed.CopyWithPrivateKey(key));
    }

    /// <summary>Issues a certificate.</summary>
    /// <param name="name">The common name; the names of the host are localhost and both loopback addresses.</param>
    /// <param name="usage">One of the usages; null names none, which is good for all.</param>
    /// <param name="from">When it begins to be valid; a day ago by default.</param>
    /// <param name="until">When it ends; in a year by default.</param>
    /// <param name="isRsa">Whether its key is RSA, not ECDSA.</param>
    /// <param name="host">The only name of the host, in place of those above.</param>
    public TestCertificate Issue(
        string name,
        string? usage = ServerUsage,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        bool isRsa = false,
        string? host = null)
    {
        using AsymmetricAlgorithm key = isRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA rsa
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host ?? "localhost");
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var generator = X509SignatureGenerator.CreateForECDsa(_certificate.GetECDsaPrivateKey()!);
        using var signed = request.Create(_certificate.SubjectName, generator, from ?? now.AddDays(-1), until ?? now.AddYears(1), Serial());
        return new TestCertificate(signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest RequestFor(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        return serial;
    }
}
