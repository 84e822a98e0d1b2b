using Rotel.TestKit.Certificates;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Drive;

/// <summary>The certificates of one run, from an authority of its own, in a temporary folder that goes with it.</summary>
internal sealed class RunCertificates : IDisposable
{
    private readonly TestFiles _files = new();

    public RunCertificates()
    {
        Folder = new TlsFolder(_files.Directory);
        using var authority = TestAuthority.CreateRoot("Rotel.Throughput");
        var server = authority.Issue("Rotel.Throughput server");
        File.WriteAllText(Folder.AuthorityPath, authority.Pem);
        File.WriteAllText(Folder.CertificatePath, server.Pem);
        File.WriteAllText(Folder.KeyPath, server.KeyPem);
    }

    public TlsFolder Folder { get; }

    public void Dispose() => _files.Dispose();
}
