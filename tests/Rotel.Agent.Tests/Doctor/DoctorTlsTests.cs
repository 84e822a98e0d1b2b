using Microsoft.AspNetCore.Server.Kestrel.Https;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;

namespace Rotel.Agent.Tests.Doctor;

/// <summary>What <c>rotel doctor</c> says of certificates.</summary>
public sealed class DoctorTlsTests : IDisposable
{
    private readonly TestFiles _files = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot("the backend's root");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Authority_ThatIsKnown_IsWell()
    {
        await using var backend = await StartAsync();
        var run = await ExamineAsync(backend, $"--otlp-exporter-tls-ca-file={_files.Write("ca.pem", _authority.Pem)}");

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Matches(
            "^ok tls: TLS 1\\.[23], certificate of CN=backend, issued by CN=the backend's root, expires in \\d+ days$",
            run.Check("ok tls"));
        run.Check("ok traces");
    }

    [Fact]
    public async Task Authority_ThatIsNot_IsNamedAndNothingSent()
    {
        await using var backend = await StartAsync();
        var run = await ExamineAsync(backend);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "it is not trusted: no authority that is trusted here has issued it | Name the authority's root in tls_ca_file",
            run.Check("failed tls"),
            StringComparison.Ordinal);
        run.Check("skipped traces");
        Assert.Empty(backend.Requests);
    }

    [Fact]
    public async Task Name_ThatIsAnother_IsSaidSo()
    {
        await using var backend = await StartAsync("elsewhere.example");
        var run = await ExamineAsync(backend, $"--otlp-exporter-tls-ca-file={_files.Write("ca.pem", _authority.Pem)}");

        Assert.Contains("it is not trusted: it is for another host name", run.Check("failed tls"), StringComparison.Ordinal);

        var named = await ExamineAsync(
            backend, $"--otlp-exporter-tls-ca-file={_files.PathOf("ca.pem")}", "--otlp-exporter-tls-server-name=elsewhere.example");
        Assert.True(named.ExitCode == 0, named.Output);
    }

    [Fact]
    public async Task Verification_TurnedOff_IsAWarning()
    {
        await using var backend = await StartAsync();
        var run = await ExamineAsync(backend, "--otlp-exporter-tls-skip-verify");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("verification is off", run.Check("warning tls"), StringComparison.Ordinal);
        run.Check("ok traces");
    }

    [Fact]
    public async Task ClientCertificate_ThatIsDemanded_IsSaidSo()
    {
        await using var backend = await StartAsync(mode: ClientCertificateMode.RequireCertificate);
        var ca = $"--otlp-exporter-tls-ca-file={_files.Write("ca.pem", _authority.Pem)}";
        var without = await ExamineAsync(backend, ca);

        Assert.Equal(1, without.ExitCode);
        Assert.Contains(without.Checks, check => check.Contains("tls_cert_file and tls_key_file", StringComparison.Ordinal));

        var own = _authority.Issue("collector", TestAuthority.ClientUsage);
        var with = await ExamineAsync(
            backend, ca, $"--otlp-exporter-tls-cert-file={_files.Write("own.pem", own.Pem)}",
            $"--otlp-exporter-tls-key-file={_files.Write("own.key", own.KeyPem)}");
        Assert.True(with.ExitCode == 0, with.Output);
        Assert.StartsWith("ok identity: shows itself as CN=collector, expires in", with.Check("ok identity"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_WithoutTls_IsSuspected()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var run = await DoctorRun.Of(
            "--json", "--signal=traces", $"--otlp-exporter-endpoint=https://127.0.0.1:{backend.HttpEndpoint.Port}");

        Assert.Contains("Perhaps it speaks no TLS at this port", run.Check("failed tls"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _files.Dispose();
    }

    private static Task<DoctorRun> ExamineAsync(OtlpBackend backend, params string[] flags) =>
        DoctorRun.Of(["--json", "--signal=traces", $"--otlp-exporter-endpoint={backend.GrpcEndpoint}", .. flags]);

    private Task<OtlpBackend> StartAsync(string? host = null, ClientCertificateMode mode = ClientCertificateMode.NoCertificate) =>
        OtlpBackend.StartAsync(Cancellation, new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _authority.Issue("backend", host: host).ToX509(),
            ClientCertificateMode = mode,
            ClientCertificateValidation = static (_, _, _) => true,
        });
}
