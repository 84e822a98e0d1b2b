using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Profiles.V1Development;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit;

public sealed class OtlpBackendTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly StandardLoad _load = new();
    private OtlpBackend _backend = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _backend = await OtlpBackend.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public async Task Receive_GzipOverHttp_IsRecordedDecompressed(OtlpSignal signal)
    {
        var request = _load.Next(signal, 10);

        using var answer = await PostAsync(signal, request.ToByteArray(), gzip: true);
        await _backend.WaitForItemsAsync(signal, 10, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var received = Assert.Single(_backend.Requests);
        Assert.Equal(request, received.Message);
        Assert.Equal("gzip", received.ContentEncoding);
        Assert.Equal(request.ToByteArray(), received.Body);
        Assert.All(OtlpItems.Keys(request), key => Assert.Equal(1, _backend.Items(signal)[key]));
    }

    [Fact]
    public async Task Receive_OverGrpc_TakesAllSignals()
    {
        using var channel = GrpcChannel.ForAddress(_backend.GrpcEndpoint);

        await new TraceService.TraceServiceClient(channel).ExportAsync(_load.Traces(9_000), cancellationToken: Cancellation);
        await new MetricsService.MetricsServiceClient(channel).ExportAsync(_load.Metrics(7), cancellationToken: Cancellation);
        await new LogsService.LogsServiceClient(channel).ExportAsync(_load.Logs(8), cancellationToken: Cancellation);

        await new ProfilesService.ProfilesServiceClient(channel).ExportAsync(
            (ExportProfilesServiceRequest)new TelemetryGenerator(1).Request(OtlpSignal.Profiles), cancellationToken: Cancellation);

        var profiles = OtlpItems.Count(new TelemetryGenerator(1).Request(OtlpSignal.Profiles));
        Assert.Equal([9_000L, 7, 8, profiles], Enum.GetValues<OtlpSignal>().Select(_backend.ItemCount));
        Assert.All(_backend.Requests, request => Assert.Equal(BackendProtocol.Grpc, request.Protocol));
    }

    [Fact]
    public async Task Script_OverHttp_IsFollowedInOrder()
    {
        _backend.Script
            .Then(BackendBehaviour.Status(503, "7"), BackendBehaviour.Refuse(StatusCode.ResourceExhausted, TimeSpan.FromSeconds(3)))
            .Then(BackendBehaviour.PartialSuccess(2, "two were bad"), BackendBehaviour.WrongContentType, BackendBehaviour.GarbageBody);

        using var unavailable = await PostAsync(OtlpSignal.Traces, _load.Encode(OtlpSignal.Traces, 5));
        using var throttled = await PostAsync(OtlpSignal.Traces, _load.Encode(OtlpSignal.Traces, 5));
        using var partial = await PostAsync(OtlpSignal.Traces, _load.Encode(OtlpSignal.Traces, 5));
        using var html = await PostAsync(OtlpSignal.Traces, _load.Encode(OtlpSignal.Traces, 5));
        using var garbage = await PostAsync(OtlpSignal.Traces, _load.Encode(OtlpSignal.Traces, 5));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, unavailable.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), unavailable.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.TooManyRequests, throttled.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), throttled.Headers.RetryAfter!.Delta);
        var answer = ExportTraceServiceResponse.Parser.ParseFrom(await partial.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal((2, "two were bad"), (answer.PartialSuccess.RejectedSpans, answer.PartialSuccess.ErrorMessage));
        Assert.Equal((HttpStatusCode.OK, "text/html"), (html.StatusCode, html.Content.Headers.ContentType!.MediaType));
        var bytes = await garbage.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Throws<InvalidProtocolBufferException>(() => ExportTraceServiceResponse.Parser.ParseFrom(bytes));
        Assert.Equal(3, _backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(5, _backend.Requests.Count);
    }

    [Fact]
    public async Task Script_OverGrpc_IsFollowedInOrder()
    {
        _backend.Script
            .Then(BackendBehaviour.Refuse(StatusCode.Unavailable, TimeSpan.FromSeconds(3)))
            .Then(BackendBehaviour.Refuse(StatusCode.ResourceExhausted), BackendBehaviour.Status(503), BackendBehaviour.WrongContentType)
            .Then(BackendBehaviour.Reset, BackendBehaviour.ResetMidResponse);

        var delayed = await RefusedAsync();
        var details = Google.Rpc.Status.Parser.ParseFrom(delayed.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(3, Assert.Single(details.Details).Unpack<RetryInfo>().RetryDelay.Seconds);
        Assert.Equal(StatusCode.Unavailable, delayed.StatusCode);
        var exhausted = await RefusedAsync();
        Assert.Equal(StatusCode.ResourceExhausted, exhausted.StatusCode);
        Assert.Null(exhausted.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Contains("503", (await RefusedAsync()).Status.Detail, StringComparison.Ordinal);
        Assert.Contains("text/html", (await RefusedAsync()).Status.Detail, StringComparison.Ordinal);
        await RefusedAsync();
        await RefusedAsync();
        Assert.Equal(0, _backend.ItemCount(OtlpSignal.Logs));
        Assert.Equal(6, _backend.Requests.Count);
    }

    [Theory]
    [InlineData(SizeLimitWording.GrpcGo, StatusCode.ResourceExhausted)]
    [InlineData(SizeLimitWording.GrpcDotnet, StatusCode.ResourceExhausted)]
    [InlineData(SizeLimitWording.GrpcJava, StatusCode.ResourceExhausted)]
    [InlineData(SizeLimitWording.Tonic, StatusCode.OutOfRange)]
    public async Task Receive_TooLarge_IsRefusedOnBothPorts(SizeLimitWording wording, StatusCode code)
    {
        _backend.MaxMessageBytes = 100;
        _backend.TooLarge = wording;

        Assert.Equal(code, (await RefusedAsync()).StatusCode);
        using var answer = await PostAsync(OtlpSignal.Logs, _load.Encode(OtlpSignal.Logs));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Reset_OverHttp_BreaksTheRequest()
    {
        _backend.Script.Then(BackendBehaviour.Reset, BackendBehaviour.ResetMidResponse, BackendBehaviour.KeepThenReset);

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(OtlpSignal.Logs, _load.Encode(OtlpSignal.Logs, 4)));

        Assert.Equal(4, _backend.ItemCount(OtlpSignal.Logs));
    }

    [Fact]
    public async Task Hold_UntilReleased_KeepsTheRequestWaiting()
    {
        var release = new TaskCompletionSource();
        _backend.Script.Then(BackendBehaviour.Hold(release.Task));

        var held = PostAsync(OtlpSignal.Logs, _load.Encode(OtlpSignal.Logs, 4));
        await _backend.WaitForRequestsAsync(1, Cancellation);
        Assert.False(held.IsCompleted);
        Assert.Equal(0, _backend.ItemCount(OtlpSignal.Logs));
        release.SetResult();

        using var answer = await Watchdog.WaitAsync(held, "the answer of a released request", Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(4, _backend.ItemCount(OtlpSignal.Logs));
    }

    [Fact]
    public async Task Stop_ThenRestart_ComesBackOnTheSamePorts()
    {
        var (http, grpc) = (_backend.HttpEndpoint, _backend.GrpcEndpoint);
        _backend.Script.Then(BackendBehaviour.NeverAnswer);
        var hanging = PostAsync(OtlpSignal.Logs, _load.Encode(OtlpSignal.Logs, 4));
        await _backend.WaitForRequestsAsync(1, Cancellation);

        await Watchdog.WaitAsync(_backend.StopAsync(), "the backend's stop", Cancellation);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => hanging);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(OtlpSignal.Logs, _load.Encode(OtlpSignal.Logs, 4)));
        await _backend.RestartAsync(Cancellation);

        using var answer = await PostAsync(OtlpSignal.Logs, _load.Encode(OtlpSignal.Logs, 4));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((http, grpc), (_backend.HttpEndpoint, _backend.GrpcEndpoint));
        Assert.Equal(2, _backend.Requests.Count);
    }

    private async Task<RpcException> RefusedAsync()
    {
        using var channel = GrpcChannel.ForAddress(_backend.GrpcEndpoint);
        var client = new LogsService.LogsServiceClient(channel);
        return await Assert.ThrowsAsync<RpcException>(async () => await client.ExportAsync(_load.Logs(4), cancellationToken: Cancellation));
    }

    private async Task<HttpResponseMessage> PostAsync(OtlpSignal signal, byte[] body, bool gzip = false)
    {
        using var content = new ByteArrayContent(gzip ? Gzip(body) : body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (gzip)
            content.Headers.ContentEncoding.Add("gzip");
        return await _http.PostAsync(new Uri(_backend.HttpEndpoint, signal.HttpPath()), content, Cancellation);
    }

    private static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body);
        return compressed.ToArray();
    }
}
