using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Rotel.Throughput.Children;

/// <summary>
/// A folder with what both ends of a connection need for TLS, as PEM files: an authority, and a server's certificate and key from it. The
/// driver names it to its children with one flag.
/// </summary>
internal sealed class TlsFolder(string path)
{
    public const string Flag = "tls";

    public string Path { get; } = path;

    public string AuthorityPath => System.IO.Path.Combine(Path, "ca.pem");

    public string CertificatePath => System.IO.Path.Combine(Path, "server.pem");

    public string KeyPath => System.IO.Path.Combine(Path, "server.key");

    /// <summary>Null where the connections are in the clear.</summary>
    public static TlsFolder? From(Flags flags)
    {
        if (flags.OptionalText(Flag) is not { } path)
            return null;
        var folder = new TlsFolder(path);
        return File.Exists(folder.AuthorityPath)
            ? folder
            : throw new FlagException($"--{Flag} '{path}' has no {System.IO.Path.GetFileName(folder.AuthorityPath)}.");
    }

    /// <summary>The server's certificate with its key.</summary>
    public X509Certificate2 LoadIdentity() => X509Certificate2.CreateFromPemFile(CertificatePath, KeyPath);

    /// <summary>How a client verifies the server: by the authority alone.</summary>
    public static SslClientAuthenticationOptions ClientOptions(TlsFolder? folder)
    {
        if (folder is null)
            return new SslClientAuthenticationOptions();
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(folder.AuthorityPath);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
