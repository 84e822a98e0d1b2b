using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;
using Status = Google.Rpc.Status;

namespace Rotel.Exporters.Tests.Otlp;

/// <summary>The client's rows of the OTLP specification, against real servers.</summary>
public class ClientConformanceTests
{
    private const string Proto = "application/x-protobuf";
    private const string Json = "application/json";

    private static readonly byte[] PartialSuccess =
        new ExportTraceServiceResponse { PartialSuccess = new() { RejectedSpans = 2, ErrorMessage = "late" } }.ToByteArray();

    private static readonly byte[] RetryStatus = new Status
    {
        Message = "busy",
        Details = { Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(2.5)) }) },
    }.ToByteArray();

    /// <summary>Code, content type, body; then outcome, rejected items, wait in seconds, message.</summary>
    public static TheoryData<int, string?, byte[], string, long, double?, string?> HttpAnswers => new()
    {
        { 200, Proto, [], "Delivered", 0, null, null },
        { 200, Json, "{}"u8.ToArray(), "Delivered", 0, null, null },
        { 200, $"{Proto}; charset=utf-8", PartialSuccess, "Delivered", 2, null, "late" },
        { 200, "Application/X-Protobuf", PartialSuccess, "Delivered", 2, null, "late" },
        { 200, $"{Json};charset=UTF-8", """{"partialSuccess":{"rejectedSpans":"2","errorMessage":"late"}}"""u8.ToArray(), "Delivered", 2, null, "late" },
        { 200, Json, """{"partialSuccess":{"rejectedSpans":2}}"""u8.ToArray(), "Delivered", 2, null, "" },
        { 200, Proto, [0xFF, 0xFF, 0x07], "Delivered", 0, null, null },
        { 200, Json, """{"partialSuccess":"""u8.ToArray(), "Delivered", 0, null, null },
        { 200, Proto, """{"partialSuccess":{"rejectedSpans":2}}"""u8.ToArray(), "Delivered", 0, null, null },
        { 200, "text/plain", "ok"u8.ToArray(), "Delivered", 0, null, null },
        { 202, null, [], "Delivered", 0, null, null },
        { 400, Proto, new Status { Message = "no id" }.ToByteArray(), "Rejected", 0, null, "no id" },
        { 400, Json, """{"message":"no id"}"""u8.ToArray(), "Rejected", 0, null, "no id" },
        { 400, "text/plain; charset=utf-8", "no id"u8.ToArray(), "Rejected", 0, null, "no id" },
        { 503, Proto, RetryStatus, "Retry", 0, 2.5, "busy" },
        { 503, Json, """{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2.5s"}]}"""u8.ToArray(), "Retry", 0, 2.5, "" },
        { 429, Proto, [0xFF], "Retry", 0, null, "" },
        { 413, Proto, [], "TooLarge", 0, null, "" },
        { 500, Proto, RetryStatus, "Rejected", 0, null, "busy" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(HttpAnswers))]
    [Proves("client.tolerant")]
    public async Task HttpAnswer_OfAnyForm_MeansWhatItsCodeSays(
        int code, string? contentType, byte[] body, string kind, long rejected, double? wait, string? message)
    {
        foreach (var encoding in System.Enum.GetValues<OtlpEncoding>())
        {
            await using var server = await StartAsync(async context =>
            {
                await RawServer.ReadAsync(context);
                context.Response.StatusCode = code;
                context.Response.ContentType = contentType;
                await context.Response.Body.WriteAsync(body, context.RequestAborted);
            });

            var outcome = await OtlpExporterTests.ExportAsync(Options(server, encoding), OtlpSignal.Traces);

            Assert.Equal((kind, rejected), (outcome.Kind.ToString(), outcome.RejectedItems));
            Assert.Equal(wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null, outcome.RetryAfter);
            var prefix = kind == "Delivered" ? "" : $"HTTP {code} from {server.Endpoint}v1/traces";
            Assert.Equal(message is null ? null : message.Length == 0 ? prefix : prefix.Length == 0 ? message : $"{prefix}: {message}", outcome.Message);
        }
    }

    [Theory]
    [InlineData("120", 120d)]
    [InlineData("0", 0d)]
    [InlineData("Sun, 01 Mar 2026 12:01:30 GMT", 90d)]
    [InlineData("Sunday, 01-Mar-26 12:01:30 GMT", 90d)]
    [InlineData("Sun Mar  1 12:01:30 2026", 90d)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", 0d)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("99999999999999", null)]
    [Proves("client.retry_after")]
    public async Task RetryAfter_InEveryForm_IsTheLeastWait(string value, double? seconds)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        foreach (var code in new[] { 429, 503 })
        {
            await using var server = await StartAsync(async context =>
            {
                await RawServer.ReadAsync(context);
                context.Response.StatusCode = code;
                context.Response.Headers.RetryAfter = value;
            });

            var outcome = await OtlpExporterTests.ExportAsync(Options(server), OtlpSignal.Traces, time: time);

            Assert.Equal(
                (ExportOutcomeKind.Retry, seconds is { } wait ? TimeSpan.FromSeconds(wait) : (TimeSpan?)null), (outcome.Kind, outcome.RetryAfter));
        }
    }

    /// <summary>All codes with and without RetryInfo, over a real connection.</summary>
    [Fact]
    [Proves("client.grpc.codes")]
    [Proves("client.retry_info")]
    public async Task GrpcStatus_OfEveryCode_IsRepeatedAsTheSpecificationSays()
    {
        StatusCode[] retried =
        [
            StatusCode.Cancelled, StatusCode.DeadlineExceeded, StatusCode.Aborted, StatusCode.OutOfRange, StatusCode.Unavailable,
            StatusCode.DataLoss,
        ];
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        foreach (var code in System.Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK))
        {
            foreach (var delay in new TimeSpan?[] { null, TimeSpan.FromSeconds(3) })
            {
                backend.Script.Then(BackendBehaviour.Refuse(code, delay));
                var outcome = await OtlpExporterTests.ExportAsync(OtlpExporterTests.Options(backend, OtlpProtocol.Grpc), OtlpSignal.Logs);

                var isRetried = retried.Contains(code) || (code == StatusCode.ResourceExhausted && delay is not null);
                Assert.Equal((code, isRetried ? ExportOutcomeKind.Retry : ExportOutcomeKind.Rejected), (code, outcome.Kind));
                Assert.Equal(isRetried ? delay : null, outcome.RetryAfter);
            }
        }
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    [Proves("client.redirects")]
    public async Task Redirect_OnEitherProtocol_IsRefusedWithItsHostAndCarriesNoCredential(int code)
    {
        var reached = 0;
        await using var target = await StartAsync(_ =>
        {
            Interlocked.Increment(ref reached);
            return Task.CompletedTask;
        });
        foreach (var protocol in System.Enum.GetValues<OtlpProtocol>())
        {
            await using var server = await RawServer.StartAsync(
                protocol == OtlpProtocol.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1,
                async context =>
                {
                    await RawServer.ReadAsync(context);
                    context.Response.StatusCode = code;
                    context.Response.Headers.Location = $"{target.Endpoint}elsewhere?key=canary";
                });
            var options = new OtlpExporterOptions { Endpoint = server.Endpoint, Protocol = protocol };
            options.Authentication.BearerToken = "token";

            var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

            Assert.Equal((ExportOutcomeKind.Rejected, 0), (outcome.Kind, reached));
            Assert.Contains("redirects are not followed; it points to 127.0.0.1", outcome.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", outcome.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc, OtlpEncoding.Proto)]
    [InlineData(OtlpProtocol.Http, OtlpEncoding.Proto)]
    [InlineData(OtlpProtocol.Http, OtlpEncoding.Json)]
    [Proves("client.limit")]
    public async Task Request_OverTheLimitBeforeCompression_IsNotSent(OtlpProtocol protocol, OtlpEncoding encoding)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Encoding = encoding;
        options.MaxRequestBytes = 1000;

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.TooLarge, outcome.Kind);
        Assert.EndsWith("over the limit of 1000", outcome.Message, StringComparison.Ordinal);
        Assert.Empty(backend.Requests);
    }

    [Theory]
    [InlineData(OtlpCompression.None)]
    [InlineData(OtlpCompression.Gzip)]
    [InlineData(OtlpCompression.Zstd)]
    [Proves("client.encodings")]
    public async Task Json_OfSeveralBodies_IsOneObjectWithTheMergeOfAll(OtlpCompression compression)
    {
        foreach (var signal in OtlpSignals.Mergeable.ToArray())
        {
            byte[]? received = null;
            string? contentType = null;
            string? coding = null;
            await using var server = await StartAsync(async context =>
            {
                received = await RawServer.ReadAsync(context);
                contentType = context.Request.ContentType;
                coding = context.Request.Headers.ContentEncoding;
            });
            var options = Options(server, OtlpEncoding.Json);
            options.Compression = compression;
            var load = new StandardLoad();
            byte[][] bodies = [.. Enumerable.Range(0, 3).Select(_ => load.Encode(signal))];

            var outcome = await OtlpExporterTests.ExportAsync(options, signal, bodies);

            Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
            Assert.Equal((Json, compression == OtlpCompression.None ? null : compression.ToString().ToLowerInvariant()), (contentType, coding));
            Assert.Equal(Expected(signal, bodies), Decompressed(received!, compression));
        }
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Credentials_RepeatedByTheDestination_AreShownNowhere(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.BearerToken = "canary-token";
        options.Headers["x-api-key"] = "canary-key";
        backend.Script.Then(
            BackendBehaviour.Refuse(StatusCode.PermissionDenied, message: "no 'Bearer canary-token', no 'canary-token', no canary-key"),
            BackendBehaviour.PartialSuccess(1, "dropped for canary-key"));

        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(options, bench.Context);
        using var batch = OtlpExporterTests.Encoded(exporter, bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)));
        var refused = await exporter.ExportAsync(batch, Cancellation);
        var partly = await exporter.ExportAsync(batch, Cancellation);

        Assert.EndsWith("no '***', no '***', no ***", refused.Message, StringComparison.Ordinal);
        Assert.Equal("dropped for ***", partly.Message);
        Assert.DoesNotContain("canary", string.Concat(bench.Log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Credentials_WhereALongAnswerIsCut_AreShownNowhere(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = OtlpExporterTests.Options(backend, protocol);
        options.Authentication.BasicUsername = "user";
        options.Authentication.BasicPassword = "canary-password";
        options.Headers["x-api-key"] = "canary-key";
        foreach (var (secret, before) in new[] { ("canary-key", 505), ("canary-password", 507), ("canary-password", 10) })
        {
            backend.Script.Then(BackendBehaviour.Refuse(StatusCode.PermissionDenied, message: new string('x', before) + secret));

            var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);

            Assert.EndsWith(before > 100 ? "xx***…" : "xx***", outcome.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("cana", outcome.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Credentials_InAnAnswerThatIsNoHttp_AreShownNowhere()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var options = new OtlpExporterOptions { Endpoint = new($"http://{listener.LocalEndpoint}"), Protocol = OtlpProtocol.Http };
        options.Headers["x-api-key"] = "canary-key";
        var export = OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces);
        using var connection = await listener.AcceptTcpClientAsync(Cancellation);
        await connection.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nno such key canary-key\r\n\r\n"u8.ToArray(), Cancellation);

        var outcome = await export;

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.DoesNotContain("canary", outcome.Message, StringComparison.Ordinal);
    }

    private static string Expected(OtlpSignal signal, byte[][] bodies)
    {
        using var writer = new Rotel.Otlp.Json.OtlpJsonWriter();
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        writer.Write(signal, bodies.SelectMany(body => body).ToArray(), text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static string Decompressed(byte[] body, OtlpCompression compression)
    {
        if (compression == OtlpCompression.None)
            return Encoding.UTF8.GetString(body);
        using Stream stream = compression == OtlpCompression.Gzip
            ? new System.IO.Compression.GZipStream(new MemoryStream(body), System.IO.Compression.CompressionMode.Decompress)
            : new ZstdSharp.DecompressionStream(new MemoryStream(body));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static Task<RawServer> StartAsync(RequestDelegate answer) => RawServer.StartAsync(HttpProtocols.Http1, answer);

    private static OtlpExporterOptions Options(RawServer server, OtlpEncoding encoding = OtlpEncoding.Proto) =>
        new() { Endpoint = server.Endpoint, Protocol = OtlpProtocol.Http, Encoding = encoding };
}
