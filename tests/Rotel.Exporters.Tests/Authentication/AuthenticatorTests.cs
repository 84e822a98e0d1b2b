using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Otlp;
using Rotel.Exporters.Tests.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;

namespace Rotel.Exporters.Tests.Authentication;

/// <summary>Each authenticator on both protocols, as the backend sees it.</summary>
public class AuthenticatorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Basic_ForEveryRequest_SendsNameAndPassword(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.BasicUsername = "Aladdin";
        options.Authentication.BasicPassword = "open sesame";

        await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", backend.Requests[0].Headers["authorization"]);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Bearer_FromAFile_FollowsItsContent(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        using var files = new TestFiles();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var bench = new ExporterBench(time);
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.BearerTokenFile = files.Write("token", "first\n");
        await using var exporter = new OtlpExporter(options, bench.Context);

        Assert.Equal("Bearer first", await SentAsync(backend, bench, exporter));
        files.Write("token", "second");
        Assert.Equal("Bearer first", await SentAsync(backend, bench, exporter));
        time.Advance(BearerTokenFile.Freshness);
        Assert.Equal("Bearer second", await SentAsync(backend, bench, exporter));

        // Gone or emptied for a moment, as careless rotations do: the last token stays.
        files.Write("token", "");
        time.Advance(BearerTokenFile.Freshness);
        Assert.Equal("Bearer second", await SentAsync(backend, bench, exporter));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Bearer_RefusedAfterItsFileChanged_IsReadAgainAtOnce(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        using var files = new TestFiles();
        using var bench = new ExporterBench(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.BearerTokenFile = files.Write("token", "old");
        await using var exporter = new OtlpExporter(options, bench.Context);
        await SentAsync(backend, bench, exporter);
        files.Write("token", "new");
        backend.Script.Otherwise(request => request.Headers["authorization"] == "Bearer new"
            ? BackendBehaviour.Accept
            : BackendBehaviour.Refuse(StatusCode.Unauthenticated));

        Assert.Equal("Bearer new", await SentAsync(backend, bench, exporter));
        Assert.Equal(3, backend.Requests.Count);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Bearer_WithoutItsFile_IsToBeRepeatedAndNotSent(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.BearerTokenFile = "/nowhere/token";

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Logs);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("no bearer token: cannot read '/nowhere/token'", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(backend.Requests);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task StaticToken_Refused_IsRejectedAfterOneRequest(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Otherwise(BackendBehaviour.Refuse(StatusCode.Unauthenticated));
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.BearerToken = "static";

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Logs);

        Assert.Equal((ExportOutcomeKind.Rejected, 1), (outcome.Kind, backend.Requests.Count));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Custom_Code_SetsHeadersAndItsFailureIsToBeRepeated(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var fails = false;
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.Custom = async (request, cancellationToken) =>
        {
            await Task.Yield();
            if (fails)
                throw new InvalidOperationException("canary-in-exception");
            request.SetHeader("x-vault", request.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        };

        await OtlpExporterTests.ExportAsync(options, OtlpSignal.Logs);
        fails = true;
        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Logs);

        Assert.Equal($"{options.Endpoint!.Port}", Assert.Single(backend.Requests).Headers["x-vault"]);
        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.EndsWith("authentication failed with InvalidOperationException", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Custom_CodeThatHangs_EndsWithTheAttempt()
    {
        using var bench = new ExporterBench();
        var options = new OtlpExporterOptions { Endpoint = new("http://127.0.0.1:1") };
        options.Authentication.Custom = async (_, _) => await new TaskCompletionSource().Task;
        await using var exporter = new OtlpExporter(options, bench.Context);
        using var batch = OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Logs, new StandardLoad().Encode(OtlpSignal.Logs)));
        using var attempt = new CancellationTokenSource();
        var export = exporter.ExportAsync(batch, attempt.Token).AsTask();

        await attempt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => export);
    }

    /// <summary>The application's code may hold no thread of Rotel's: neither at its beginning nor when its wait is cancelled.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Custom_CodeThatBlocks_HoldsNeitherSenderNorCanceller(bool fromTheStart)
    {
        using var bench = new ExporterBench();
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new OtlpExporterOptions { Endpoint = new("http://127.0.0.1:1") };
        options.Authentication.Custom = async (_, attempt) =>
        {
            entered.SetResult();
            var ended = new TaskCompletionSource();
            using var registration = attempt.Register(ended.SetResult);
            if (!fromTheStart)
                await ended.Task.ConfigureAwait(false);
            release.Wait(CancellationToken.None);
        };
        await using var exporter = new OtlpExporter(options, bench.Context);
        using var batch = OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Logs, new StandardLoad().Encode(OtlpSignal.Logs)));
        using var attempt = new CancellationTokenSource();
        try
        {
            // On threads of their own, so that one that is held fails the test instead of hanging it.
            var export = await Watchdog.WaitAsync(
                Task.Run(() => Task.FromResult(exporter.ExportAsync(batch, attempt.Token).AsTask()), Cancellation),
                "the sender to be let go",
                Cancellation);
            await entered.Task;
            await Watchdog.WaitAsync(Task.Run(attempt.Cancel, Cancellation), "the canceller to be let go", Cancellation);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Watchdog.WaitAsync(export, "the attempt to end", Cancellation));
        }
        finally
        {
            release.Set();
        }
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc, OtlpCompression.None)]
    [InlineData(OtlpProtocol.Grpc, OtlpCompression.Gzip)]
    [InlineData(OtlpProtocol.Http, OtlpCompression.None)]
    [InlineData(OtlpProtocol.Http, OtlpCompression.Zstd)]
    public async Task SigV4_OfEveryForm_SignsTheBytesThatArrive(OtlpProtocol protocol, OtlpCompression compression)
    {
        var received = new TaskCompletionSource<(byte[] Body, HeaderDictionary Headers, string Url)>();
        await using var server = await RawServer.StartAsync(
            protocol == OtlpProtocol.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1,
            async context =>
            {
                var body = await RawServer.ReadAsync(context);
                var headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
                received.TrySetResult((body, headers, $"http://{context.Request.Host}{context.Request.Path}"));
            });
        var options = new OtlpExporterOptions { Endpoint = server.Endpoint, Protocol = protocol, Compression = compression };
        options.Authentication.Aws.GetCredentials = _ => new(new AwsCredentials("AKIDEXAMPLE", "canary-secret", "session"));
        options.Authentication.Aws.Region = "eu-central-1";
        options.Authentication.Aws.Service = "xray";
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
        byte[][] bodies = [.. Enumerable.Range(0, 5).Select(_ => new StandardLoad().Encode(OtlpSignal.Traces))];

        await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces, bodies, time);

        var (body, headers, url) = await received.Task;
        Assert.Equal("20260304T050607Z", headers["x-amz-date"]);
        Assert.Equal("session", headers["x-amz-security-token"]);
        var expected = AwsSigV4Signer.Authorize(
            "POST",
            new Uri(url),
            new(StringComparer.Ordinal)
            {
                ["content-type"] = headers["Content-Type"].ToString(),
                ["host"] = headers["Host"].ToString(),
                ["x-amz-date"] = "20260304T050607Z",
                ["x-amz-security-token"] = "session",
            },
            AwsSigV4Signer.Hex(SHA256.HashData(body)),
            new AwsCredentials("AKIDEXAMPLE", "canary-secret", "session"),
            "eu-central-1",
            "xray",
            time.GetUtcNow());
        Assert.Equal(expected, headers["Authorization"].ToString());
    }

    [Fact]
    public async Task SigV4_WhoseProviderFails_IsToBeRepeated()
    {
        var options = new OtlpExporterOptions { Endpoint = new("https://xray.eu-central-1.amazonaws.com"), Protocol = OtlpProtocol.Http };
        options.Authentication.Aws.GetCredentials = _ => throw new InvalidOperationException("canary-in-exception");

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.EndsWith("no AWS credentials: their provider failed with InvalidOperationException", outcome.Message, StringComparison.Ordinal);
    }

    /// <summary>Exports one batch, which must be delivered, and returns the authorization the backend saw last.</summary>
    internal static async Task<string?> SentAsync(OtlpBackend backend, ExporterBench bench, OtlpExporter exporter)
    {
        using var batch = OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)));
        var outcome = await exporter.ExportAsync(batch, Cancellation);
        Assert.Equal((ExportOutcomeKind.Delivered, null), (outcome.Kind, outcome.Message));
        return backend.Requests[^1].Headers.GetValueOrDefault("authorization");
    }
}
