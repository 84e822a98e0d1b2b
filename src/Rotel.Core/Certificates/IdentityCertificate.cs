using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rotel.Certificates;

/// <summary>
/// A certificate with its private key and the intermediate certificates that are sent with it: what a server or a client shows to prove
/// who it is. Immutable; shared by every handshake that began while it was the current one, so nobody disposes it.
/// </summary>
internal sealed class IdentityCertificate
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    private IdentityCertificate(X509Certificate2 leaf, X509Certificate2Collection intermediates)
    {
        Leaf = leaf;
        Intermediates = intermediates;

        // Offline: nothing is downloaded on the way to a handshake; what peers need is in the file.
        Context = SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>What follows it in its file.</summary>
    public X509Certificate2Collection Intermediates { get; }

    /// <summary>For <see cref="SslServerAuthenticationOptions.ServerCertificateContext"/> and the client's counterpart.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>
    /// Puts a certificate and its key together: the first certificate of the text is the one the key belongs to, those after it are sent
    /// along.
    /// </summary>
    /// <param name="texts">The certificate's text, then the key's.</param>
    /// <param name="now">Outside of its time of validity a certificate is refused.</param>
    /// <param name="fault">Set when null is returned.</param>
    public static IdentityCertificate? Load(IReadOnlyList<PemText> texts, DateTimeOffset now, out CertificateFault? fault)
    {
        var (certificateText, keyText) = (texts[0], texts[1]);
        if (!certificateText.TryReadCertificates(out var certificates, out fault)
            || (fault = Validity(certificateText.Setting, certificates[0], now)) is not null
            || !keyText.TryReadKey(out var label, out var key, out fault))
        {
            return null;
        }

        try
        {
            var leaf = certificates[0];
            if (!TryJoin(leaf, label, key, certificateText.Setting, keyText.Setting, out var joined, out fault))
                return null;
            certificates.RemoveAt(0);
            return new IdentityCertificate(joined, certificates);
        }
        catch (CryptographicException)
        {
            fault = new(keyText.Setting, "the private key cannot be decoded, or is of another kind than its certificate's");
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public override string ToString() =>
        $"{CertificateText.Describe(Leaf)}, valid until {Leaf.NotAfter.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture)}";

    private static CertificateFault? Validity(string setting, X509Certificate2 leaf, DateTimeOffset now)
    {
        if (now > leaf.NotAfter.ToUniversalTime())
            return new(setting, $"the certificate {CertificateText.Describe(leaf)} expired on {Day(leaf.NotAfter)}; renew it");
        if (now < leaf.NotBefore.ToUniversalTime())
            return new(setting, $"the certificate {CertificateText.Describe(leaf)} is valid only from {Day(leaf.NotBefore)}");
        return null;

        static string Day(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
    }

    private static bool TryJoin(
        X509Certificate2 leaf,
        string label,
        byte[] key,
        string certificateSetting,
        string keySetting,
        [NotNullWhen(true)] out X509Certificate2? joined,
        [NotNullWhen(false)] out CertificateFault? fault)
    {
        joined = null;
        fault = null;
        try
        {
            switch (leaf.GetKeyAlgorithm())
            {
                case Rsa:
                    using (var rsa = RSA.Create())
                    {
                        if (label == "RSA PRIVATE KEY")
                            rsa.ImportRSAPrivateKey(key, out _);
                        else
                            rsa.ImportPkcs8PrivateKey(key, out _);
                        joined = leaf.CopyWithPrivateKey(rsa);
                    }

                    break;
                case EllipticCurve:
                    using (var ecdsa = ECDsa.Create())
                    {
                        if (label == "EC PRIVATE KEY")
                            ecdsa.ImportECPrivateKey(key, out _);
                        else
                            ecdsa.ImportPkcs8PrivateKey(key, out _);
                        joined = leaf.CopyWithPrivateKey(ecdsa);
                    }

                    break;
                default:
                    fault = new(
                        certificateSetting,
                        $"the certificate {CertificateText.Describe(leaf)} has a key of the kind {leaf.GetKeyAlgorithm()}, which .NET cannot use"
                            + " for TLS; RSA and ECDSA can be used, Ed25519 cannot");
                    return false;
            }
        }
        catch (ArgumentException)
        {
            fault = new(keySetting, $"is not the key of the certificate {CertificateText.Describe(leaf)} in {certificateSetting}");
            return false;
        }

        if (OperatingSystem.IsWindows())
            joined = Persisted(joined);
        return true;
    }

    /// <summary>Schannel does not take a key that is in memory only.</summary>
    private static X509Certificate2 Persisted(X509Certificate2 inMemory)
    {
        using (inMemory)
            return X509CertificateLoader.LoadPkcs12(inMemory.Export(X509ContentType.Pkcs12), password: null);
    }
}
