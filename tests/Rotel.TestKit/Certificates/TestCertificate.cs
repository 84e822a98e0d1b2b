using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rotel.TestKit.Certificates;

/// <summary>A certificate and its key as PEM.</summary>
public sealed record TestCertificate(string Pem, string KeyPem)
{
    /// <summary>With its key, for a client of the test; the caller's to dispose.</summary>
    public X509Certificate2 ToX509()
    {
        var inMemory = X509Certificate2.CreateFromPem(Pem, KeyPem);
        if (!OperatingSystem.IsWindows())
            return inMemory;
        using (inMemory)
            return X509CertificateLoader.LoadPkcs12(inMemory.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>The key in PKCS#8, to be opened with a password.</summary>
    public string EncryptKey(string password)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(KeyPem);
        return key.ExportEncryptedPkcs8PrivateKeyPem(
            password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    /// <summary>With the certificates of authorities behind it.</summary>
    public TestCertificate WithChain(params TestAuthority[] authorities) =>
        this with { Pem = string.Join('\n', authorities.Select(authority => authority.Pem).Prepend(Pem)) };
}
