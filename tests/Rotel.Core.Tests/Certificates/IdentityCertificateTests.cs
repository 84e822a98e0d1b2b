using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rotel.TestKit.Certificates;

namespace Rotel.Certificates;

public sealed class IdentityCertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TestAuthority _root = TestAuthority.CreateRoot();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_CertificateAndKey_AreOne(bool isRsa)
    {
        var issued = _root.Issue("collector", isRsa: isRsa);

        var identity = Load(issued.Pem, issued.KeyPem, out var fault);

        Assert.Null(fault);
        Assert.True(identity!.Leaf.HasPrivateKey);
        Assert.Equal("CN=collector", identity.Leaf.Subject);
        Assert.Contains("CN=collector (SHA-256 ", identity.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FormsOfOpenSslKeys_AreRead()
    {
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var ofRsa = new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var ofEcdsa = new CertificateRequest("CN=ec", ecdsa, HashAlgorithmName.SHA256);

        // openssl ecparam -genkey writes the parameters before the key.
        var parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

        Assert.NotNull(Load(SelfSigned(ofRsa), rsa.ExportRSAPrivateKeyPem(), out _));
        Assert.NotNull(Load(SelfSigned(ofEcdsa), parameters + ecdsa.ExportECPrivateKeyPem(), out _));
    }

    [Fact]
    public void Load_ChainInTheFile_IsSentAlong()
    {
        using var intermediate = _root.CreateIntermediate();
        var issued = intermediate.Issue("collector").WithChain(intermediate, _root);

        var identity = Load(issued.Pem, issued.KeyPem, out _)!;

        Assert.Equal(["CN=Rotel test intermediate", "CN=Rotel test root"], identity.Intermediates.Select(one => one.Subject));
        Assert.Equal(["CN=Rotel test intermediate"], identity.Context.IntermediateCertificates.Select(one => one.Subject));
    }

    [Fact]
    public void Load_KeyOfAnother_NamesBothSettings()
    {
        var one = _root.Issue("one");
        var other = _root.Issue("other");
        var rsa = _root.Issue("rsa", isRsa: true);

        Assert.Null(Load(one.Pem, other.KeyPem, out var mismatch));
        Assert.Null(Load(one.Pem, rsa.KeyPem, out var otherKind));

        Assert.Equal("tls_key_pem", mismatch!.Setting);
        Assert.Matches(@"^is not the key of the certificate CN=one \(SHA-256 [0-9A-F]{64}\) in tls_cert_pem$", mismatch.Problem);
        Assert.Equal(
            new CertificateFault("tls_key_pem", "the private key cannot be decoded, or is of another kind than its certificate's"), otherKind);
    }

    [Fact]
    public void Load_OutsideOfItsValidity_IsRefused()
    {
        var expired = _root.Issue("old", from: Now.AddDays(-30), until: Now.AddHours(-1));
        var early = _root.Issue("new", from: Now.AddHours(1));

        Assert.Null(Load(expired.Pem, expired.KeyPem, out var expiredFault));
        Assert.Null(Load(early.Pem, early.KeyPem, out var earlyFault));

        Assert.Equal("tls_cert_pem", expiredFault!.Setting);
        Assert.Contains("expired on ", expiredFault.Problem, StringComparison.Ordinal);
        Assert.Contains("valid only from ", earlyFault!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EncryptedKey_IsRefusedInBothForms()
    {
        using var rsa = RSA.Create(2048);
        var issued = _root.Issue("collector");
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        const string OldForm =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";

        Assert.Null(Load(issued.Pem, rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters), out var fault));
        Assert.Null(Load(issued.Pem, OldForm, out var oldFault));

        Assert.StartsWith("holds a private key that is encrypted with a password", fault!.Problem, StringComparison.Ordinal);
        Assert.Equal(fault, oldFault);
    }

    [Fact]
    public void Load_KindOfKeyThatDotNetLacks_IsNamed()
    {
        // Made by: openssl req -x509 -newkey ed25519 -nodes -days 36500 -subj /CN=ed25519
        const string Certificate =
            """
            -----BEGIN CERTIFICATE-----
            MIIBOjCB7aADAgECAhRqo5isShfTE2S6vW/Gbe2LfSVEQDAFBgMrZXAwEjEQMA4G
            A1UEAwwHZWQyNTUxOTAgFw0yNjExMjIxODI0MDBaGA8yMTI2MTAyOTE4MjQwMFow
            EjEQMA4GA1UEAwwHZWQyNTUxOTAqMAUGAytlcAMhAFiVcist1E5tZnD+jNf5u08S
            FegOROPVXSMIuQB2VSnPo1MwUTAdBgNVHQ4EFgQUNsuOqikLIn1dx4q+hklh7JRi
            djcwHwYDVR0jBBgwFoAUNsuOqikLIn1dx4q+hklh7JRidjcwDwYDVR0TAQH/BAUw
            AwEB/zAFBgMrZXADQQDqrWE/mD8kcepnO8G96brNbyM4jkNhw/Oj9EuZmb0VohAP
            DMxvu9nIiIGunIF6DmsVwY79RRGgGezA5eVAlKEL
            -----END CERTIFICATE-----
            """;
        const string Key =
            """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIAGZvNH+HvSKZZcNu+RuIcTPe5xt2nxEcI3ywdVrS4ww
            -----END PRIVATE KEY-----
            """;

        Assert.Null(Load(Certificate, Key, out var fault));

        Assert.Equal("tls_cert_pem", fault!.Setting);
        Assert.Contains("RSA and ECDSA can be used, Ed25519 cannot", fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing of the kind")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n")]
    public void Load_NoCertificate_SaysWhatIsMissing(string text)
    {
        Assert.Null(Load(text, _root.Issue("collector").KeyPem, out var fault));
        Assert.StartsWith("holds no certificate in PEM form", fault!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BrokenCertificateOrKey_SaysSoWithoutItsText()
    {
        const string Broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        const string BrokenKey = "-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----\n";
        var issued = _root.Issue("collector");

        Assert.Null(Load(issued.Pem + "\n" + Broken, issued.KeyPem, out var second));
        Assert.Null(Load(issued.Pem, BrokenKey, out var key));
        Assert.Null(Load(issued.Pem, issued.Pem, out var noKey));

        Assert.Equal(new CertificateFault("tls_cert_pem", "its certificate number 2 cannot be decoded"), second);
        Assert.Equal("tls_key_pem", key!.Setting);
        Assert.DoesNotContain("U0VDUkVU", key.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("holds no private key in PEM form", noKey!.Problem, StringComparison.Ordinal);
    }

    private static string SelfSigned(CertificateRequest request)
    {
        using var certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        return certificate.ExportCertificatePem();
    }

    private static IdentityCertificate? Load(string certificate, string key, out CertificateFault? fault) => IdentityCertificate.Load(
        [CertificateTestFiles.TextOf("cert", certificate), CertificateTestFiles.TextOf("key", key)], Now, out fault);
}
