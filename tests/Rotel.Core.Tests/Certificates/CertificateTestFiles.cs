using Rotel.TestKit.Certificates;

namespace Rotel.Certificates;

/// <summary>Certificate, key and authorities in the files that settings would name.</summary>
internal static class CertificateTestFiles
{
    public static IReadOnlyList<PemSource> WriteIdentity(this TestFiles files, TestCertificate certificate) =>
        [FileOf("cert", files.Write("tls.crt", certificate.Pem)), FileOf("key", files.Write("tls.key", certificate.KeyPem))];

    public static PemSource FileOf(string what, string path) =>
        PemSource.Of(($"tls_{what}_file", path), ($"tls_{what}_pem", null), out _)!;

    public static PemText TextOf(string what, string text) => new($"tls_{what}_pem", text);
}
