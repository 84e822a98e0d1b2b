using Microsoft.Extensions.Time.Testing;
using Rotel.Diagnostics;
using Rotel.Engine;
using Rotel.TestKit.Certificates;

namespace Rotel.Certificates;

public sealed class ReloadingTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ScriptedLogger _log = new();
    private readonly TestFiles _files = new();
    private readonly TestAuthority _root = TestAuthority.CreateRoot();

    public void Dispose()
    {
        _files.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void Current_FilesUnchanged_StaysTheSameWithoutAWord()
    {
        var reloading = Create(_files.WriteIdentity(_root.Issue("first")));
        var first = reloading.Current;

        _time.Advance(Interval * 10);

        Assert.Same(first, reloading.Current);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void Current_NewPair_IsTakenAfterTheInterval()
    {
        var reloading = Create(_files.WriteIdentity(_root.Issue("first")));

        _files.WriteIdentity(_root.Issue("second"));

        _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        Assert.Equal("CN=first", reloading.Current.Leaf.Subject);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("CN=second", reloading.Current.Leaf.Subject);
        var (id, text) = Assert.Single(_log.Entries);
        Assert.Equal(EventIds.CertificateReloaded, id.Id);
        Assert.Contains(_files.PathOf("tls.crt"), text, StringComparison.Ordinal);
        Assert.Contains("CN=second", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Current_KeyWrittenAfterItsCertificate_IsTakenOnceBothFit()
    {
        var reloading = Create(_files.WriteIdentity(_root.Issue("first")));
        var second = _root.Issue("second");

        _files.Write("tls.crt", second.Pem);
        for (var look = 0; look < 3; look++)
        {
            _time.Advance(Interval);
            Assert.Equal("CN=first", reloading.Current.Leaf.Subject);
        }

        _files.Write("tls.key", second.KeyPem);
        _time.Advance(Interval);
        Assert.Equal("CN=second", reloading.Current.Leaf.Subject);

        Assert.Equal([EventIds.CertificateNotReloaded, EventIds.CertificateReloaded], _log.Entries.Select(entry => entry.Id.Id));
        Assert.Contains("tls_key_file: is not the key of the certificate CN=second", _log.Entries[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Current_BrokenGoneAndBack_KeepsTheLastGoodOne()
    {
        var first = _root.Issue("first");
        var reloading = Create(_files.WriteIdentity(first));
        var identity = reloading.Current;

        _files.Write("tls.crt", "broken");
        _time.Advance(Interval);
        Assert.Same(identity, reloading.Current);
        File.Delete(_files.PathOf("tls.crt"));
        _time.Advance(Interval);
        Assert.Same(identity, reloading.Current);
        _files.Write("tls.crt", first.Pem);
        _time.Advance(Interval);
        Assert.Same(identity, reloading.Current);
        _files.Write("tls.crt", "broken");
        _time.Advance(Interval);
        Assert.Same(identity, reloading.Current);

        // A mistake that comes back after it was put right is said again; that it was put right needs no words.
        Assert.Equal(Enumerable.Repeat(EventIds.CertificateNotReloaded, 3), _log.Entries.Select(entry => entry.Id.Id));
    }

    [Fact]
    public void Current_NewOneNotValidYet_IsTakenWhenItIs()
    {
        var reloading = Create(_files.WriteIdentity(_root.Issue("first")));

        _files.WriteIdentity(_root.Issue("second", from: _time.GetUtcNow() + (Interval * 2.5)));
        _time.Advance(Interval);
        Assert.Equal("CN=first", reloading.Current.Leaf.Subject);
        _time.Advance(Interval * 2);

        Assert.Equal("CN=second", reloading.Current.Leaf.Subject);
    }

    [Fact]
    public void Current_DirectoryBehindALinkChanged_IsNoticed()
    {
        // As Kubernetes mounts secrets: the files are links through a link, and only that one is replaced.
        var (first, second) = (_root.Issue("first"), _root.Issue("second"));
        Write("v1", first);
        Write("v2", second);
        Directory.CreateSymbolicLink(_files.PathOf("data"), _files.PathOf("v1"));
        File.CreateSymbolicLink(_files.PathOf("tls.crt"), _files.PathOf("data/tls.crt"));
        File.CreateSymbolicLink(_files.PathOf("tls.key"), _files.PathOf("data/tls.key"));
        var reloading = Create(
        [
            CertificateTestFiles.FileOf("cert", _files.PathOf("tls.crt")), CertificateTestFiles.FileOf("key", _files.PathOf("tls.key")),
        ]);

        Directory.Delete(_files.PathOf("data"));
        Directory.CreateSymbolicLink(_files.PathOf("data"), _files.PathOf("v2"));
        _time.Advance(Interval);

        Assert.Equal("CN=second", reloading.Current.Leaf.Subject);

        void Write(string directory, TestCertificate certificate)
        {
            Directory.CreateDirectory(_files.PathOf(directory));
            _files.Write($"{directory}/tls.crt", certificate.Pem);
            _files.Write($"{directory}/tls.key", certificate.KeyPem);
        }
    }

    [Fact]
    public void Current_IntervalOfZero_NeverLooksAgain()
    {
        var reloading = Create(_files.WriteIdentity(_root.Issue("first")), TimeSpan.Zero);

        _files.WriteIdentity(_root.Issue("second"));
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal("CN=first", reloading.Current.Leaf.Subject);
    }

    [Fact]
    public void TryCreate_FileThatCannotBeRead_NamesSettingAndPath()
    {
        var path = _files.PathOf("absent.crt");

        Assert.False(Reloading<CertificateAuthorities>.TryCreate(
            [CertificateTestFiles.FileOf("ca", path)], CertificateAuthorities.Load, Interval, _time, _log, out _, out var fault));

        Assert.Equal("tls_ca_file", fault.Setting);
        Assert.StartsWith($"cannot read '{path}': ", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_FileFarTooLarge_IsRefused()
    {
        var path = _files.Write("large.crt", new string('x', PemSource.MaxBytes + 1));

        Assert.False(Reloading<CertificateAuthorities>.TryCreate(
            [CertificateTestFiles.FileOf("ca", path)], CertificateAuthorities.Load, Interval, _time, _log, out _, out var fault));

        Assert.Equal($"'{path}' is larger than the 1024 KiB that such a file may have", fault.Problem);
    }

    [Fact]
    public void Of_FileAndText_CannotBothBeGiven()
    {
        PemSource.Of(("tls_ca_file", "/ca.pem"), ("tls_ca_pem", "text"), out var both);

        Assert.Equal(new CertificateFault("tls_ca_file", "cannot be used together with tls_ca_pem; keep one of them"), both);
        Assert.Null(PemSource.Of(("tls_ca_file", " "), ("tls_ca_pem", null), out var none));
        Assert.Null(none);
    }

    private Reloading<IdentityCertificate> Create(IReadOnlyList<PemSource> sources, TimeSpan? interval = null)
    {
        Assert.True(
            Reloading<IdentityCertificate>.TryCreate(
                sources, IdentityCertificate.Load, interval ?? Interval, _time, _log, out var reloading, out var fault),
            fault?.ToString());
        return reloading;
    }
}
