using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd.JavaScript;

/// <summary>The OpenTelemetry SDK for JavaScript, which nobody here wrote, in Node.js and in a browser's page of another origin.</summary>
[Trait("Category", "Long")]
public sealed class JavaScriptSdkTests : IClassFixture<JavaScriptClients>
{
    private const int FromNode = 50;
    private const int FromBrowser = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    [InlineData("http/json")]
    [Proves("server.signals")]
    public async Task Node_SendsAllSignals_AndTheyArriveWhole(string protocol)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var agent = await TestAgent.StartAsync(options => options.SendTo(backend));
        var endpoint = protocol == "grpc" ? agent.GrpcUri() : agent.HttpUri();

        await using var node = JavaScriptClients.Node("node.mjs", protocol, endpoint.ToString());
        await node.LineAsync("sent");
        Assert.Equal(0, await node.ExitAsync());

        await AssertArrivedAsync(agent, backend, FromNode);
    }

    [Fact]
    [Proves("server.cors")]
    public async Task Browser_FromAnotherOrigin_SendsAllSignals_AndTheyArriveWhole()
    {
        await using var browser = JavaScriptClients.Node("browser.mjs", JavaScriptClients.Browser());
        var origin = (await browser.LineAsync("origin")).Split(' ')[1];
        var answers = 0;
        foreach (var protocol in new[] { "http/json", "http/protobuf" })
        {
            await using var backend = await OtlpBackend.StartAsync(Cancellation);
            await using var agent = await TestAgent.StartAsync(options =>
            {
                options.Otlp.Cors.AllowedOrigins.Add(origin);
                options.Otlp.Cors.AllowedHeaders.Add("x-page");
                options.SendTo(backend);
            });

            browser.Write($"{protocol} {agent.HttpUri()}");
            Assert.Equal("sent", await browser.LineAsync("", 2 + answers++));

            await AssertArrivedAsync(agent, backend, FromBrowser);
        }
    }

    [Fact]
    public async Task Browser_WhoseOriginIsNotAllowed_CannotSend()
    {
        await using var browser = JavaScriptClients.Node("browser.mjs", JavaScriptClients.Browser());
        await browser.LineAsync("origin");
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var agent = await TestAgent.StartAsync(options =>
        {
            options.Otlp.Cors.AllowedOrigins.Add("https://elsewhere.example");
            options.SendTo(backend);
        });

        browser.Write($"http/json {agent.HttpUri()}");
        await browser.LineAsync("failed");
        await Watchdog.WaitAsync(agent.FlushAsync(Cancellation), "everything settled", Cancellation);

        Assert.Empty(backend.Requests);
    }

    private static async Task AssertArrivedAsync(RotelAgent agent, OtlpBackend backend, int count)
    {
        await Watchdog.WaitAsync(agent.FlushAsync(Cancellation), "everything settled", Cancellation);
        AssertSpans(
            count,
            from request in Messages<ExportTraceServiceRequest>(backend)
            from resource in request.ResourceSpans
            from scope in resource.ScopeSpans
            from span in scope.Spans
            select (resource.Resource.Attributes, scope.Scope.Name, span));
        AssertMetrics(
            count,
            from request in Messages<ExportMetricsServiceRequest>(backend)
            from resource in request.ResourceMetrics
            from scope in resource.ScopeMetrics
            from metric in scope.Metrics
            select metric);
        AssertRecords(
            count,
            from request in Messages<ExportLogsServiceRequest>(backend)
            from resource in request.ResourceLogs
            from scope in resource.ScopeLogs
            from record in scope.LogRecords
            select record);
    }

    private static void AssertSpans(int count, IEnumerable<(RepeatedField<KeyValue> Resource, string Scope, Span Span)> found)
    {
        var spans = found.OrderBy(item => item.Span.Events[0].Attributes[0].Value.IntValue).ToList();
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"span {i}"), spans.Select(item => item.Span.Name));
        Assert.Equal("javascript", Value(spans[0].Resource, "service.name").StringValue);
        Assert.Equal(["a", "b"], Value(spans[0].Resource, "service.tags").ArrayValue.Values.Select(value => value.StringValue));
        for (var i = 0; i < count; i++)
        {
            var (_, scope, span) = spans[i];
            Assert.Equal("rotel.tests", scope);
            Assert.Equal(Span.Types.SpanKind.Client, span.Kind);
            Assert.Equal((16, 8), (span.TraceId.Length, span.SpanId.Length));
            Assert.Equal($"größer {i} 🦊", Value(span.Attributes, "text").StringValue);
            Assert.Equal(i, Value(span.Attributes, "whole").IntValue);
            Assert.Equal((1L << 53) - 1, Value(span.Attributes, "big").IntValue);
            Assert.Equal(i + 0.25, Value(span.Attributes, "real").DoubleValue);
            Assert.Equal(i % 2 == 0, Value(span.Attributes, "flag").BoolValue);
            Assert.True(span.EndTimeUnixNano >= span.StartTimeUnixNano && span.StartTimeUnixNano > 0);
            Assert.Equal(i % 10 == 0 ? Status.Types.StatusCode.Error : Status.Types.StatusCode.Unset, span.Status?.Code ?? default);
            if (i > 0)
                Assert.Equal(spans[i - 1].Span.SpanId, Assert.Single(span.Links).SpanId);
        }
    }

    private static void AssertMetrics(int count, IEnumerable<Metric> found)
    {
        // The reader collects twice, at the flush and at the shutdown; its sums are cumulative.
        var metrics = found.GroupBy(metric => metric.Name).ToDictionary(same => same.Key, same => same.Last());
        Assert.Equal(["work.done", "work.duration", "work.level"], metrics.Keys.Order());
        Assert.Equal(5, metrics["work.done"].Sum.DataPoints.Count);
        Assert.True(metrics["work.done"].Sum.IsMonotonic);
        Assert.Equal(count, metrics["work.done"].Sum.DataPoints.Sum(NumberOf));
        var duration = Assert.Single(metrics["work.duration"].Histogram.DataPoints);
        Assert.Equal((ulong)count, duration.Count);
        Assert.Equal((ulong)count, duration.BucketCounts.Aggregate(0UL, (sum, bucket) => sum + bucket));
        Assert.Equal((0, (count - 1) / 10.0), (duration.Min, duration.Max));
        Assert.Equal(0.5, Assert.Single(metrics["work.level"].Gauge.DataPoints).AsDouble);
    }

    private static void AssertRecords(int count, IEnumerable<LogRecord> found)
    {
        var records = found.OrderBy(record => Value(record.Attributes, "number").IntValue).ToList();
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"record {i}"), records.Select(record => record.Body.StringValue));
        Assert.All(records, record => Assert.Equal(SeverityNumber.Warn, record.SeverityNumber));
        var deep = Assert.Single(Value(records[0].Attributes, "nested").KvlistValue.Values).Value.ArrayValue.Values;
        Assert.Equal((1, "two"), (deep[0].IntValue, deep[1].StringValue));
    }

    private static double NumberOf(NumberDataPoint point) =>
        point.ValueCase == NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;

    private static AnyValue Value(IEnumerable<KeyValue> attributes, string key) => attributes.Single(attribute => attribute.Key == key).Value;

    private static IEnumerable<TMessage> Messages<TMessage>(OtlpBackend backend)
        where TMessage : IMessage => backend.Requests.Select(request => request.Message).OfType<TMessage>();
}
