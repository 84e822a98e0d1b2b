using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rotel.Certificates;

/// <summary>PEM text that was read, with the setting it came from.</summary>
/// <param name="Setting">The name of the row.</param>
/// <param name="Text">As it was read.</param>
internal readonly record struct PemText(string Setting, string Text)
{
    private const string CertificateLabel = "CERTIFICATE";

    /// <summary>Every certificate in it, in order; whatever else stands between them is passed over.</summary>
    public bool TryReadCertificates(
        [NotNullWhen(true)] out X509Certificate2Collection? certificates, [NotNullWhen(false)] out CertificateFault? fault)
    {
        certificates = [];
        var rest = Text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label].SequenceEqual(CertificateLabel))
            {
                try
                {
                    certificates.Add(X509CertificateLoader.LoadCertificate(Decode(rest, fields)));
                }
                catch (CryptographicException)
                {
                    fault = new(Setting, $"its certificate number {certificates.Count + 1} cannot be decoded");
                    return false;
                }
            }

            rest = rest[fields.Location.End..];
        }

        fault = certificates.Count > 0 ? null : new(
            Setting,
            "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); openssl x509 -inform der converts the binary form");
        return certificates.Count > 0;
    }

    /// <summary>Reads the first private key in it.</summary>
    /// <param name="label">What kind of key the text says it is.</param>
    /// <param name="key">Its bytes; the caller wipes them.</param>
    /// <param name="fault">Set when there is none that can be used.</param>
    public bool TryReadKey([NotNullWhen(true)] out string? label, [NotNullWhen(true)] out byte[]? key, [NotNullWhen(false)] out CertificateFault? fault)
    {
        label = null;
        key = null;
        var rest = Text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var found = rest[fields.Label];
            if (found is "ENCRYPTED PRIVATE KEY")
                return Encrypted(out fault);
            if (found is "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY")
            {
                label = found.ToString();
                key = Decode(rest, fields);
                fault = null;
                return true;
            }

            rest = rest[fields.Location.End..];
        }

        // The older form says so in headers within the text, which are not part of what a strict reader takes for PEM.
        if (Text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            return Encrypted(out fault);
        fault = new(Setting, "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----, RSA PRIVATE KEY or EC PRIVATE KEY)");
        return false;
    }

    private bool Encrypted(out CertificateFault fault)
    {
        fault = new(
            Setting,
            "holds a private key that is encrypted with a password, which cannot be used; store it without (openssl pkey) in a file that only"
                + " Rotel's user may read");
        return false;
    }

    private static byte[] Decode(ReadOnlySpan<char> text, PemFields fields)
    {
        var bytes = new byte[fields.DecodedDataLength];
        if (!Convert.TryFromBase64Chars(text[fields.Base64Data], bytes, out var length) || length != bytes.Length)
            throw new CryptographicException("What was found as PEM must decode.");
        return bytes;
    }
}
