using System.Security.Cryptography.X509Certificates;
using Rotel.TestKit.Certificates;

namespace Rotel.Certificates;

public sealed class CertificateAuthoritiesTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TestAuthority _root = TestAuthority.CreateRoot();
    private readonly TestAuthority _otherRoot = TestAuthority.CreateRoot("Another root");

    public void Dispose()
    {
        _root.Dispose();
        _otherRoot.Dispose();
    }

    [Fact]
    public void FindProblem_IssuedByOneOfSeveral_IsNone()
    {
        var authorities = Load(_otherRoot.Pem + "\n# the second\n" + _root.Pem);
        using var peer = _root.Issue("backend").ToX509();

        Assert.Null(authorities.FindProblem(peer, null, PeerRole.Server, Now));
        Assert.StartsWith("2 certificates, the first CN=Another root", authorities.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FindProblem_OtherAuthority_IsNotTrusted()
    {
        using var peer = _otherRoot.Issue("backend").ToX509();

        Assert.Equal("no authority that is trusted here has issued it", Load(_root.Pem).FindProblem(peer, null, PeerRole.Server, Now));
    }

    [Fact]
    public void FindProblem_ImpostorOfTheSameName_IsNotTrusted()
    {
        using var impostor = TestAuthority.CreateRoot();
        using var peer = impostor.Issue("backend").ToX509();

        Assert.NotNull(Load(_root.Pem).FindProblem(peer, null, PeerRole.Server, Now));
    }

    [Fact]
    public void FindProblem_IntermediatePresentedOrInTheBundle_IsNone()
    {
        using var intermediate = _root.CreateIntermediate();
        using var peer = intermediate.Issue("backend").ToX509();
        using var presented = X509Certificate2.CreateFromPem(intermediate.Pem);

        Assert.NotNull(Load(_root.Pem).FindProblem(peer, null, PeerRole.Server, Now));
        Assert.Null(Load(_root.Pem).FindProblem(peer, [presented], PeerRole.Server, Now));
        Assert.Null(Load(_root.Pem + "\n" + intermediate.Pem).FindProblem(peer, null, PeerRole.Server, Now));
    }

    [Fact]
    public void FindProblem_OutsideOfItsValidity_SaysSo()
    {
        using var peer = _root.Issue("backend", until: Now.AddHours(1)).ToX509();
        var authorities = Load(_root.Pem);

        Assert.Null(authorities.FindProblem(peer, null, PeerRole.Server, Now));
        Assert.Null(authorities.FindProblem(peer, null, PeerRole.Server, Now.AddMinutes(59)));
        Assert.Equal(
            "it or one of its issuers has expired or is not valid yet",
            authorities.FindProblem(peer, null, PeerRole.Server, Now.AddMinutes(61)));
    }

    [Theory]
    [InlineData(TestAuthority.ServerUsage, true, false)]
    [InlineData(TestAuthority.ClientUsage, false, true)]
    [InlineData(null, true, true)]
    public void FindProblem_Usage_MustFitTheRole(string? usage, bool isServer, bool isClient)
    {
        using var peer = _root.Issue("peer", usage).ToX509();
        var authorities = Load(_root.Pem);

        Assert.Equal(isServer, authorities.FindProblem(peer, null, PeerRole.Server, Now) is null);
        Assert.Equal(isClient, authorities.FindProblem(peer, null, PeerRole.Client, Now) is null);
    }

    [Fact]
    public void FindProblem_CertificateThatIsItsOwnRoot_CanBePinned()
    {
        using var self = X509Certificate2.CreateFromPem(_root.Pem);

        Assert.Null(Load(_root.Pem).FindProblem(self, null, PeerRole.Server, Now));
    }

    [Fact]
    public void Load_NoRootOrNothingValid_SaysWhatIsMissing()
    {
        using var intermediate = _root.CreateIntermediate();

        Assert.Null(CertificateAuthorities.Load([CertificateTestFiles.TextOf("ca", intermediate.Pem)], Now, out var noRoot));
        Assert.Null(CertificateAuthorities.Load([CertificateTestFiles.TextOf("ca", _root.Pem)], Now.AddYears(50), out var expired));
        Assert.Null(CertificateAuthorities.Load([CertificateTestFiles.TextOf("ca", "")], Now, out var empty));

        Assert.StartsWith("holds no root", noRoot!.Problem, StringComparison.Ordinal);
        Assert.Equal(new CertificateFault("tls_ca_pem", "holds nothing but expired certificates"), expired);
        Assert.StartsWith("holds no certificate", empty!.Problem, StringComparison.Ordinal);
    }

    private static CertificateAuthorities Load(string text) =>
        CertificateAuthorities.Load([CertificateTestFiles.TextOf("ca", text)], Now, out _)!;
}
