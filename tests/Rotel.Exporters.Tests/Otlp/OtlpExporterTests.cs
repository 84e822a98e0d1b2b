using System.Net.Sockets;
using Grpc.Core;
using Rotel.Batching;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Exporters.Tests.Otlp;

/// <summary>The exporter against a backend made of Kestrel, Grpc.AspNetCore and Google.Protobuf.</summary>
public class OtlpExporterTests
{
    public static TheoryData<OtlpProtocol, OtlpCompression, OtlpSignal> Ways
    {
        get
        {
            var ways = new TheoryData<OtlpProtocol, OtlpCompression, OtlpSignal>();
            foreach (var protocol in Enum.GetValues<OtlpProtocol>())
            {
                foreach (var compression in new[] { OtlpCompression.None, OtlpCompression.Gzip })
                {
                    foreach (var signal in OtlpSignals.Mergeable)
                        ways.Add(protocol, compression, signal);
                }
            }

            return ways;
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ways))]
    [Proves("client.signals")]
    public async Task Export_ABatchOfSeveralBodies_ArrivesAsTheirMerge(OtlpProtocol protocol, OtlpCompression compression, OtlpSignal signal)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var load = new StandardLoad();
        byte[][] bodies = [.. Enumerable.Range(0, 20).Select(_ => load.Encode(signal))];

        var outcome = await ExportAsync(Options(backend, protocol, compression), signal, bodies);

        Assert.Equal((ExportOutcomeKind.Delivered, 0L, null), (outcome.Kind, outcome.RejectedItems, outcome.Message));
        var request = Assert.Single(backend.Requests);
        Assert.Equal(OtlpItems.Parse(signal, bodies.SelectMany(body => body).ToArray()), request.Message);
        Assert.Equal(signal, request.Signal);
        Assert.Equal(compression == OtlpCompression.Gzip ? "gzip" : null, request.ContentEncoding);
        if (protocol == OtlpProtocol.Http)
            Assert.Equal(bodies.SelectMany(body => body), request.Body!);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Export_AnEmptyBatch_IsDelivered(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);

        var outcome = await ExportAsync(Options(backend, protocol), OtlpSignal.Logs, []);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Export_WithHeaders_SendsThemAndOurOwn(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = Options(backend, protocol);
        options.Headers["X-Api-Key"] = "k=1, v";
        await ExportAsync(options, OtlpSignal.Traces);
        options.Headers["user-agent"] = "mine";
        await ExportAsync(options, OtlpSignal.Traces);

        var first = backend.Requests[0].Headers;
        Assert.Equal("k=1, v", first["x-api-key"]);
        Assert.Equal(ExporterHttpClient.UserAgent, first["user-agent"]);
        Assert.Matches(@"^Rotel-dotnet/\d+\.\d+\.\d+$", ExporterHttpClient.UserAgent);
        Assert.Equal(protocol == OtlpProtocol.Grpc ? "application/grpc" : "application/x-protobuf", first["content-type"]);
        Assert.Equal("mine", backend.Requests[1].Headers["user-agent"]);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Export_HeadersFromMetadata_AreSentInPlaceOfFixedOnes(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = Options(backend, protocol);
        options.Headers["X-Tenant"] = "nobody";
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(options, bench.Context);
        foreach (var metadata in new[] { null, new RequestMetadata([new("x-tenant", "acme")]) })
        {
            using var batch = new OtlpBatch(OtlpSignal.Traces) { Metadata = metadata };
            var buffer = bench.Context.Pool.RentOverdraft(2);
            buffer.Span.Clear();
            "\u000a\0"u8.CopyTo(buffer.Span);
            batch.Add(new OtlpPayload(OtlpSignal.Traces, buffer, 2, itemCount: 1));
            Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch, Cancellation)).Kind);
        }

        Assert.Equal(["nobody", "acme"], backend.Requests.Select(request => request.Headers["x-tenant"]));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    [Proves("client.partial")]
    public async Task Export_PartialSuccess_IsDeliveredExceptForTheRefused(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.PartialSuccess(5, "too old"), BackendBehaviour.PartialSuccess(0, "use the other endpoint"));

        var refused = await ExportAsync(Options(backend, protocol), OtlpSignal.Metrics);
        var warned = await ExportAsync(Options(backend, protocol), OtlpSignal.Metrics);

        Assert.Equal((ExportOutcomeKind.Delivered, 5L, "too old"), (refused.Kind, refused.RejectedItems, refused.Message));
        Assert.Equal((ExportOutcomeKind.Delivered, 0L, "use the other endpoint"), (warned.Kind, warned.RejectedItems, warned.Message));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc, "60")]
    [InlineData(OtlpProtocol.Http, "60")]
    public async Task Export_429WithRetryAfter_IsToBeRepeatedNotBefore(OtlpProtocol protocol, string retryAfter)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.Status(429, retryAfter));

        var outcome = await ExportAsync(Options(backend, protocol), OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Retry, TimeSpan.FromSeconds(60)), (outcome.Kind, outcome.RetryAfter));
    }

    [Fact]
    public async Task Export_503WithADate_WaitsUntilThen()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        backend.Script.Then(
            BackendBehaviour.Status(503, now.AddSeconds(90).ToString("R")),
            BackendBehaviour.Status(503, now.AddSeconds(-90).ToString("R")),
            BackendBehaviour.Status(503, "soon"));
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(now);

        var later = await ExportAsync(Options(backend, OtlpProtocol.Http), OtlpSignal.Traces, time: time);
        var past = await ExportAsync(Options(backend, OtlpProtocol.Http), OtlpSignal.Traces, time: time);
        var unreadable = await ExportAsync(Options(backend, OtlpProtocol.Http), OtlpSignal.Traces, time: time);

        Assert.Equal(TimeSpan.FromSeconds(90), later.RetryAfter);
        Assert.Equal(TimeSpan.Zero, past.RetryAfter);
        Assert.Null(unreadable.RetryAfter);
        Assert.All([later, past, unreadable], outcome => Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 2.5, "Retry")]
    [InlineData(StatusCode.ResourceExhausted, 2.5, "Retry")]
    [InlineData(StatusCode.ResourceExhausted, null, "Rejected")]
    [InlineData(StatusCode.InvalidArgument, null, "Rejected")]
    [InlineData(StatusCode.Aborted, null, "Retry")]
    public async Task Export_AGrpcRefusal_MeansWhatTheSpecificationSays(StatusCode code, double? delay, string kind)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        TimeSpan? retryDelay = delay is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        backend.Script.Then(BackendBehaviour.Refuse(code, retryDelay, "nö: 100 %"));

        var outcome = await ExportAsync(Options(backend, OtlpProtocol.Grpc), OtlpSignal.Traces);

        Assert.Equal((kind, retryDelay), (outcome.Kind.ToString(), outcome.RetryAfter));
        Assert.EndsWith(": nö: 100 %", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OtlpProtocol.Http, SizeLimitWording.GrpcGo)]
    [InlineData(OtlpProtocol.Grpc, SizeLimitWording.GrpcGo)]
    [InlineData(OtlpProtocol.Grpc, SizeLimitWording.GrpcDotnet)]
    [InlineData(OtlpProtocol.Grpc, SizeLimitWording.GrpcJava)]
    [InlineData(OtlpProtocol.Grpc, SizeLimitWording.Tonic)]
    public async Task Export_MoreThanTheBackendTakes_IsTooLarge(OtlpProtocol protocol, SizeLimitWording wording)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.MaxMessageBytes = 1000;
        backend.TooLarge = wording;

        var outcome = await ExportAsync(Options(backend, protocol), OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.TooLarge, outcome.Kind);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc, false)]
    [InlineData(OtlpProtocol.Http, false)]
    [InlineData(OtlpProtocol.Grpc, true)]
    [InlineData(OtlpProtocol.Http, true)]
    [Proves("client.dropped_connection")]
    public async Task Export_WhenTheConnectionBreaks_IsToBeRepeated(OtlpProtocol protocol, bool midResponse)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(midResponse ? BackendBehaviour.ResetMidResponse : BackendBehaviour.Reset);

        var outcome = await ExportAsync(Options(backend, protocol), OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.StartsWith("http://127.0.0.1:", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    [Proves("client.connect")]
    public async Task Export_WhenNobodyListens_IsToBeRepeated(OtlpProtocol protocol)
    {
        // Bound but not listening: nobody else can take the port meanwhile.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var options = new OtlpExporterOptions { Endpoint = new($"http://{socket.LocalEndPoint}"), Protocol = protocol };

        var outcome = await ExportAsync(options, OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("refused", outcome.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Export_CancelledWhileTheBackendHangs_EndsAndGivesTheMemoryBack(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.NeverAnswer);
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(Options(backend, protocol), bench.Context);
        using var attempt = new CancellationTokenSource();
        using (var batch = bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)))
        {
            var export = exporter.ExportAsync(batch, attempt.Token).AsTask();
            await backend.WaitForRequestsAsync(1, Cancellation);
            await attempt.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => Watchdog.WaitAsync(export, "the cancelled attempt to end", Cancellation));
        }

        Assert.Equal(0, bench.Budget.Reserved);

        // The connection or the next one still works.
        using var second = bench.Batch(OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces));
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(second, Cancellation)).Kind);
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Export_AfterTheBackendWentAndCame_IsDelivered(OtlpProtocol protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        using var bench = new ExporterBench();
        await using var exporter = new OtlpExporter(Options(backend, protocol), bench.Context);
        using var batch = Encoded(exporter, bench.Batch(OtlpSignal.Logs, new StandardLoad().Encode(OtlpSignal.Logs)));

        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch, Cancellation)).Kind);
        await backend.StopAsync();
        Assert.Equal(ExportOutcomeKind.Retry, (await exporter.ExportAsync(batch, Cancellation)).Kind);
        await backend.RestartAsync(Cancellation);
        Assert.Equal(ExportOutcomeKind.Delivered, (await exporter.ExportAsync(batch, Cancellation)).Kind);

        Assert.All(backend.Items(OtlpSignal.Logs), item => Assert.Equal(2, item.Value));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc, "Rejected")]
    [InlineData(OtlpProtocol.Http, "Delivered")]
    public async Task Export_AnsweredByASignInPage_IsWhatTheProtocolSays(OtlpProtocol protocol, string kind)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.WrongContentType, BackendBehaviour.GarbageBody);

        Assert.Equal(kind, (await ExportAsync(Options(backend, protocol), OtlpSignal.Traces)).Kind.ToString());
        Assert.Equal(kind, (await ExportAsync(Options(backend, protocol), OtlpSignal.Traces)).Kind.ToString());
    }

    [Fact]
    public async Task Export_SignalsWithTheirOwnProtocols_GoTheirOwnWays()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var options = Options(backend, OtlpProtocol.Grpc);
        options.Logs.Protocol = OtlpProtocol.Http;
        options.Logs.Endpoint = new(backend.HttpEndpoint, "/tenant/v1/logs");

        await ExportAsync(options, OtlpSignal.Traces);
        await ExportAsync(options, OtlpSignal.Logs);

        Assert.Equal([BackendProtocol.Grpc, BackendProtocol.Http], backend.Requests.Select(request => request.Protocol));
        Assert.Equal("/tenant/v1/logs", backend.Requests[1].Path);
    }

    internal static OtlpExporterOptions Options(
        OtlpBackend backend, OtlpProtocol protocol, OtlpCompression compression = OtlpCompression.Gzip) => new()
        {
            Endpoint = protocol == OtlpProtocol.Grpc ? backend.GrpcEndpoint : backend.HttpEndpoint,
            Protocol = protocol,
            Compression = compression,
        };

    internal static OtlpBatch Encoded(IExporter exporter, OtlpBatch batch)
    {
        if (exporter.Encode(batch) is { } encoded)
            batch.Encode(encoded);
        return batch;
    }

    internal static async Task<ExportOutcome> ExportAsync(
        OtlpExporterOptions options, OtlpSignal signal, byte[][]? bodies = null, TimeProvider? time = null)
    {
        using var bench = new ExporterBench(time);
        ExportOutcome outcome;
        await using (var exporter = new OtlpExporter(options, bench.Context))
        {
            using var batch = Encoded(exporter, bench.Batch(signal, bodies ?? [new StandardLoad().Encode(signal)]));
            outcome = await Watchdog.WaitAsync(exporter.ExportAsync(batch, Cancellation).AsTask(), "the attempt to end", Cancellation);
        }

        Assert.Equal(0, bench.Budget.Reserved);
        return outcome;
    }
}
