using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using RetryInfo = Google.Rpc.RetryInfo;
using RpcStatus = Google.Rpc.Status;

namespace Rotel.Receivers.Otlp;

public sealed class OtlpGrpcHandlerTests
{
    private static readonly HttpClient Client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpSignal.Traces, false)]
    [InlineData(OtlpSignal.Traces, true)]
    [InlineData(OtlpSignal.Metrics, true)]
    [InlineData(OtlpSignal.Logs, false)]
    [Proves("server.signals")]
    [Proves("server.compression")]
    [Proves("server.grpc.success")]
    public async Task Export_ValidMessage_ArrivesWhole(OtlpSignal signal, bool gzip)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);
        var request = new StandardLoad().Next(signal);

        await ExportAsync(channel, signal, request, gzip);

        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(OtlpItems.Keys(request), setup.Exporter.Keys(signal));
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Grpc(signal).Accepted);
    }

    [Fact]
    [Proves("server.grpc.empty")]
    public async Task Export_NothingInIt_Succeeds()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);

        var response = await new TraceService.TraceServiceClient(channel).ExportAsync(
            new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans() } }, cancellationToken: Cancellation);

        Assert.Null(response.PartialSuccess);
        Assert.Equal(0, setup.Exporter.Count);
    }

    [Fact]
    [Proves("server.grpc.unknown_method")]
    public async Task Export_SignalWithoutExporter_IsUnimplemented()
    {
        await using var setup = await ReceiverSetup.StartAsync(signals: [OtlpSignal.Traces]);
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => ExportAsync(channel, OtlpSignal.Logs, new StandardLoad().Next(OtlpSignal.Logs), gzip: false));
        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Proves("server.limit.grpc")]
    public async Task Export_MessageOverLimit_IsResourceExhaustedWithoutRetryInfo(bool gzip)
    {
        var options = ReceiverSetup.AnyPorts();
        options.MaxGrpcMessageSize = 20_000;
        await using var setup = await ReceiverSetup.StartAsync(options);
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);

        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => ExportAsync(channel, OtlpSignal.Traces, new StandardLoad().Next(OtlpSignal.Traces), gzip));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Null(refusal.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(1, setup.Grpc(OtlpSignal.Traces).Refused(RefusalReason.TooLarge));
        await setup.NothingHeldAsync();
    }

    [Fact]
    [Proves("server.grpc.partial")]
    public async Task Export_SomeItemsOverTheirLimit_IsPartialSuccess()
    {
        var options = ReceiverSetup.AnyPorts();
        options.MaxItemBytes = 2000;
        await using var setup = await ReceiverSetup.StartAsync(options);
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);
        var request = new StandardLoad().Traces(5);
        request.ResourceSpans[0].ScopeSpans[0].Spans[3].Name = new string('x', 3000);

        var answer = await new TraceService.TraceServiceClient(channel).ExportAsync(request, cancellationToken: Cancellation);

        Assert.Equal(1, answer.PartialSuccess.RejectedSpans);
        Assert.StartsWith("1 spans were refused", answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
        await setup.ArrivedAsync(4);
        Assert.Equal((4, 1), (setup.Grpc(OtlpSignal.Traces).Accepted, setup.Grpc(OtlpSignal.Traces).OversizedItems));
    }

    [Fact]
    [Proves("server.grpc.overload")]
    public async Task Export_NoRoom_IsUnavailableWithRetryInfo()
    {
        var options = ReceiverSetup.AnyPorts();
        options.AdmissionTimeout = TimeSpan.FromMilliseconds(50);
        await using var setup = await ReceiverSetup.StartAsync(options, queueBytes: 1);
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);
        var held = setup.Exporter.Hold();
        var load = new StandardLoad();

        await ExportAsync(channel, OtlpSignal.Traces, load.Traces(), gzip: false);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(channel, OtlpSignal.Traces, load.Traces(), gzip: false));
        held.SetResult(ExportOutcome.Delivered());

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        var status = RpcStatus.Parser.ParseFrom(refusal.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal((int)StatusCode.Unavailable, status.Code);
        Assert.Equal(refusal.Status.Detail, status.Message);
        Assert.Equal(TimeSpan.FromSeconds(1), status.Details.Single().Unpack<RetryInfo>().RetryDelay.ToTimeSpan());
    }

    [Fact]
    public async Task Export_ClientDeadlineShorterThanAdmission_StopsTheWait()
    {
        var options = ReceiverSetup.AnyPorts();
        options.AdmissionTimeout = TimeSpan.FromHours(1);
        await using var setup = await ReceiverSetup.StartAsync(options, queueBytes: 1);
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);
        var held = setup.Exporter.Hold();
        var load = new StandardLoad();

        await ExportAsync(channel, OtlpSignal.Traces, load.Traces(), gzip: false);
        var frame = Frame(0, load.Encode(OtlpSignal.Traces));
        using var answer = await SendAsync(setup, frame, configure: request => request.Headers.Add("grpc-timeout", "50m"));

        Assert.Equal("14", GrpcStatus(answer));
        held.SetResult(ExportOutcome.Delivered());
    }

    [Theory]
    [InlineData(true, StatusCode.OK)]
    [InlineData(false, StatusCode.InvalidArgument)]
    public async Task Export_AcknowledgedOnDelivery_AnswersWhatTheDestinationSaid(bool takes, StatusCode expected)
    {
        var options = ReceiverSetup.AnyPorts();
        options.Acknowledgement = AcknowledgementMode.Delivered;
        await using var setup = await ReceiverSetup.StartAsync(options);
        setup.Exporter.Hold().SetResult(takes ? ExportOutcome.Delivered() : ExportOutcome.Rejected("no"));

        using var answer = await SendAsync(setup, Frame(0, new StandardLoad().Encode(OtlpSignal.Traces)));

        Assert.Equal(((int)expected).ToString(System.Globalization.CultureInfo.InvariantCulture), GrpcStatus(answer));
    }

    public static TheoryData<string, byte[], string?, StatusCode> Faults()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces, 5);
        var gzip = OtlpHttpHandlerTests.Gzip(body);
        var tooLong = Frame(0, body);
        tooLong[1] = 0xff;
        return new TheoryData<string, byte[], string?, StatusCode>
        {
            { "nothing", [], null, StatusCode.InvalidArgument },
            { "part of a prefix", [0, 0, 0], null, StatusCode.InvalidArgument },
            { "prefix without message", Frame(0, body)[..5], null, StatusCode.InvalidArgument },
            { "cut message", Frame(0, body)[..^1], null, StatusCode.InvalidArgument },
            { "two messages", [.. Frame(0, body), .. Frame(0, body)], null, StatusCode.InvalidArgument },
            { "byte behind message", [.. Frame(0, body), 0], null, StatusCode.InvalidArgument },
            { "flag of 2", Frame(2, body), null, StatusCode.InvalidArgument },
            { "compressed without encoding", Frame(1, gzip), null, StatusCode.InvalidArgument },
            { "compressed as identity", Frame(1, gzip), "identity", StatusCode.InvalidArgument },
            { "unknown encoding", Frame(1, gzip), "snappy", StatusCode.Unimplemented },
            { "not gzip", Frame(1, body), "gzip", StatusCode.InvalidArgument },
            { "cut gzip", Frame(1, gzip[..^1]), "gzip", StatusCode.InvalidArgument },
            { "not protobuf", Frame(0, "hello"u8.ToArray()), null, StatusCode.InvalidArgument },
            { "length beyond the limit", tooLong, null, StatusCode.ResourceExhausted },
        };
    }

    [Theory]
    [MemberData(nameof(Faults))]
    [Proves("server.grpc.malformed")]
    public async Task Export_FaultyFraming_IsRefused(string what, byte[] frame, string? encoding, StatusCode expected)
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var answer = await SendAsync(setup, frame, encoding);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(GrpcStatus(answer) == ((int)expected).ToString(System.Globalization.CultureInfo.InvariantCulture), $"{what}: {GrpcStatus(answer)}");
        Assert.Equal(expected == StatusCode.Unimplemented, answer.Headers.Contains("grpc-accept-encoding"));
        Assert.Equal(0, setup.Exporter.Count);
        await setup.NothingHeldAsync();
    }

    [Fact]
    public async Task Export_PlainMessageUnderGzipEncoding_IsTaken()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var answer = await SendAsync(setup, Frame(0, new StandardLoad().Encode(OtlpSignal.Traces)), "gzip");
        Assert.Equal("0", GrpcStatus(answer));
    }

    [Theory]
    [InlineData("application/grpc", 200)]
    [InlineData("application/grpc+proto", 200)]
    [InlineData("application/grpc; charset=utf-8", 200)]
    [InlineData("application/grpc+json", 415)]
    [InlineData("application/grpc-web", 415)]
    [InlineData("application/x-protobuf", 415)]
    public async Task Request_OfContentType_IsGrpcOrUnsupported(string contentType, int expected)
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var answer = await SendAsync(
            setup,
            Frame(0, new StandardLoad().Encode(OtlpSignal.Traces)),
            configure: request => request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType));

        Assert.Equal(expected, (int)answer.StatusCode);
        if (expected != 200)
            Assert.NotEmpty(RpcStatus.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(Cancellation)).Message);
    }

    [Fact]
    [Proves("server.grpc.unknown_method")]
    public async Task Export_UnknownMethod_IsUnimplemented()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var answer = await SendAsync(
            setup, Frame(0, []), configure: request => request.RequestUri = new Uri(setup.GrpcUri, "/opentelemetry.Unknown/Export"));
        Assert.Equal((HttpStatusCode.OK, "12"), (answer.StatusCode, GrpcStatus(answer)));
    }

    [Fact]
    public async Task Export_ClientCancelsInBody_HoldsNothing()
    {
        var setup = await ReceiverSetup.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var frame = Frame(0, new StandardLoad().Encode(OtlpSignal.Traces));
        using var content = new HeldContent(frame[..1000]);
        var sending = SendAsync(setup, content, cancel.Token);

        await Watchdog.WaitAsync(content.Sent, "the first bytes sent", Cancellation);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await setup.DisposeAsync();

        Assert.Equal(1, setup.Grpc(OtlpSignal.Traces).Refused(RefusalReason.SenderGone));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("100 % größer\n", "100 %25 gr%C3%B6%C3%9Fer%0A")]
    public void PercentEncode_Message_IsPrintableAscii(string message, string expected) =>
        Assert.Equal(expected, GrpcAnswer.PercentEncode(message));

    [Theory]
    [InlineData("1H", 3_600_000.0)]
    [InlineData("2M", 120_000.0)]
    [InlineData("99999999S", 99_999_999_000.0)]
    [InlineData("250m", 250.0)]
    [InlineData("1500u", 1.5)]
    [InlineData("1500000n", 1.5)]
    [InlineData("0S", 0.0)]
    [InlineData("", null)]
    [InlineData("S", null)]
    [InlineData("123456789S", null)]
    [InlineData("-1S", null)]
    [InlineData("1s", null)]
    [InlineData(null, null)]
    public void GrpcTimeout_Header_ReadsAsSpecified(string? header, double? milliseconds) =>
        Assert.Equal(milliseconds, GrpcTimeout.Read(header)?.TotalMilliseconds);

    private static async Task ExportAsync(GrpcChannel channel, OtlpSignal signal, IMessage request, bool gzip)
    {
        var headers = new Metadata();
        if (gzip)
            headers.Add("grpc-internal-encoding-request", "gzip");
        var options = new CallOptions(headers, cancellationToken: Cancellation);
        _ = request switch
        {
            ExportTraceServiceRequest traces => (IMessage)await new TraceService.TraceServiceClient(channel).ExportAsync(traces, options),
            ExportMetricsServiceRequest metrics => await new MetricsService.MetricsServiceClient(channel).ExportAsync(metrics, options),
            _ => await new LogsService.LogsServiceClient(channel).ExportAsync((ExportLogsServiceRequest)request, options),
        };
    }

    private static byte[] Frame(byte flag, byte[] message)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>From the trailers, or from the headers of an answer without message.</summary>
    private static string GrpcStatus(HttpResponseMessage answer) =>
        (answer.Headers.TryGetValues("grpc-status", out var values) ? values : answer.TrailingHeaders.GetValues("grpc-status")).Single();

    private static async Task<HttpResponseMessage> SendAsync(
        ReceiverSetup setup, byte[] frame, string? encoding = null, Action<HttpRequestMessage>? configure = null)
    {
        using var content = new ByteArrayContent(frame);
        using var request = Request(setup, content);
        if (encoding is not null)
            request.Headers.Add("grpc-encoding", encoding);
        configure?.Invoke(request);
        return await Watchdog.WaitAsync(Client.SendAsync(request, Cancellation), "an answer", Cancellation);
    }

    private static async Task SendAsync(ReceiverSetup setup, HttpContent content, CancellationToken cancellation)
    {
        using var request = Request(setup, content);
        using var answer = await Client.SendAsync(request, cancellation);
    }

    private static HttpRequestMessage Request(ReceiverSetup setup, HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, new Uri(setup.GrpcUri, OtlpSignal.Traces.GrpcPath()))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
    }

    /// <summary>Sends its bytes and then nothing, until it is given up.</summary>
    private sealed class HeldContent(byte[] bytes) : HttpContent
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Sent => _sent.Task;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _sent.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
