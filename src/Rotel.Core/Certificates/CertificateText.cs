using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rotel.Otlp;

namespace Rotel.Certificates;

/// <summary>Certificates as logs and errors name them.</summary>
internal static class CertificateText
{
    private const int MaxSubjectLength = 256;

    /// <summary>Subject and SHA-256 thumbprint, as <c>openssl x509 -fingerprint -sha256</c> shows it but for the colons.</summary>
    public static string Describe(X509Certificate2 certificate)
    {
        var subject = BoundedText.OneLine(certificate.Subject, MaxSubjectLength);
        return $"{(subject.Length > 0 ? subject : "without a subject")} (SHA-256 {certificate.GetCertHashString(HashAlgorithmName.SHA256)})";
    }
}
