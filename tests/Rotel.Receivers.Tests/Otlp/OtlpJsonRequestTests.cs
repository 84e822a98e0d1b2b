using System.Net;
using System.Text;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

public sealed class OtlpJsonRequestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpSignal.Traces, "application/json", null)]
    [InlineData(OtlpSignal.Metrics, "Application/JSON; charset=UTF-8", null)]
    [InlineData(OtlpSignal.Logs, "application/json;charset=utf-8", "gzip")]
    [InlineData(OtlpSignal.Traces, "application/json", "zstd")]
    [Proves("server.encodings")]
    [Proves("server.http.same_type")]
    [Proves("server.http.success")]
    public async Task Post_ValidBody_ArrivesWholeAndIsAnsweredInJson(OtlpSignal signal, string contentType, string? encoding)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        var request = new StandardLoad().Next(signal);
        var body = OtlpJsonBodies.Of(request);

        using var answer = await OtlpExchange.SendAsync(
            setup, encoding is null ? body : Compressing.Compress(encoding, body), contentType, encoding, signal.HttpPath());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync(Cancellation));
        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(OtlpItems.Keys(request), setup.Exporter.Keys(signal));
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Http(signal).Accepted);
        await setup.NothingHeldAsync();
    }

    [Fact]
    public async Task Post_Profiles_ArriveInWireForm()
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var answer = await OtlpExchange.SendAsync(
            setup,
            "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{},{}]}]}]}"u8.ToArray(),
            OtlpExchange.Json,
            path: OtlpSignal.Profiles.HttpPath());

        Assert.Equal("{}", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(2, setup.Http(OtlpSignal.Profiles).Accepted);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(" { } ")]
    [InlineData("{\"resourceSpans\":[],\"unknown\":{\"a\":[1]}}")]
    [Proves("server.http.empty")]
    public async Task Post_NothingInIt_Succeeds(string body)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var answer = await OtlpExchange.SendAsync(setup, Encoding.UTF8.GetBytes(body), OtlpExchange.Json);
        Assert.Null((await OtlpExchange.ReadAsync<ExportTraceServiceResponse>(answer, OtlpExchange.Json)).PartialSuccess);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"xyz\"}]}]}]}")]
    [Proves("server.http.malformed")]
    public async Task Post_MalformedBody_IsRefusedForGood(string body)
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var answer = await OtlpExchange.SendAsync(setup, Encoding.UTF8.GetBytes(body), OtlpExchange.Json);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await OtlpExchange.StatusAsync(answer, OtlpExchange.Json);
        Assert.Equal(1, setup.Http(OtlpSignal.Traces).Refused(RefusalReason.Malformed));
        await setup.NothingHeldAsync();
    }

    [Theory]
    [InlineData(OtlpExchange.Protobuf)]
    [InlineData(OtlpExchange.Json)]
    [Proves("server.http.partial")]
    public async Task Post_SomeItemsOverTheirLimit_IsPartialSuccess(string contentType)
    {
        var options = ReceiverSetup.AnyPorts();
        options.MaxItemBytes = 2000;
        await using var setup = await ReceiverSetup.StartAsync(options);
        var load = new StandardLoad();
        var spans = load.Traces(5);
        spans.ResourceSpans[0].ScopeSpans[0].Spans[2].Name = new string('x', 3000);
        var metrics = load.Metrics(6);
        metrics.ResourceMetrics[0].ScopeMetrics[0].Metrics[0].Description = new string('x', 3000);
        var logs = load.Logs(2);
        logs.ResourceLogs[0].ScopeLogs[0].LogRecords[0].SeverityText = new string('x', 3000);
        logs.ResourceLogs[0].ScopeLogs[0].LogRecords[1].SeverityText = new string('x', 3000);

        using var traces = await OtlpExchange.SendAsync(setup, Body(spans), contentType);
        using var points = await OtlpExchange.SendAsync(setup, Body(metrics), contentType, path: "/v1/metrics");
        using var records = await OtlpExchange.SendAsync(setup, Body(logs), contentType, path: "/v1/logs");

        var rejectedSpans = (await OtlpExchange.ReadAsync<ExportTraceServiceResponse>(traces, contentType)).PartialSuccess;
        Assert.Equal(1, rejectedSpans.RejectedSpans);
        Assert.Contains("2000 bytes", rejectedSpans.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(2, (await OtlpExchange.ReadAsync<ExportMetricsServiceResponse>(points, contentType)).PartialSuccess.RejectedDataPoints);
        Assert.Equal(2, (await OtlpExchange.ReadAsync<ExportLogsServiceResponse>(records, contentType)).PartialSuccess.RejectedLogRecords);
        await setup.ArrivedAsync(4 + 4);
        Assert.Equal(4, setup.Http(OtlpSignal.Traces).Accepted);
        Assert.Equal(1, setup.Http(OtlpSignal.Traces).OversizedItems);
        Assert.Equal(2, setup.Http(OtlpSignal.Logs).OversizedItems);
        Assert.Empty(setup.Exporter.Keys(OtlpSignal.Logs));

        byte[] Body(Google.Protobuf.IMessage request) => contentType == OtlpExchange.Json
            ? OtlpJsonBodies.Of(request)
            : Google.Protobuf.MessageExtensions.ToByteArray(request);
    }
}
