using System.Diagnostics;
using System.Text.RegularExpressions;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Filtering;

/// <summary>What the documentation says of conditions, case by case.</summary>
public sealed class ConditionTests
{
    [Fact]
    public void HealthChecks_OfTheDocumentation_AreDroppedUnlessTheyFail()
    {
        var condition = Spans.Name.StartsWith("GET /health") & Spans.Attribute("http.response.status_code").IsBelow(400);

        Assert.True(Meets(condition, new Span { Name = "GET /health/live", Attributes = { Number("http.response.status_code", 200) } }));
        Assert.False(Meets(condition, new Span { Name = "GET /health/live", Attributes = { Number("http.response.status_code", 503) } }));
        Assert.False(Meets(condition, new Span { Name = "GET /health/live" }));
        Assert.False(Meets(condition, new Span { Name = "GET /orders", Attributes = { Number("http.response.status_code", 200) } }));
    }

    [Fact]
    public void Operators_BindAsInCSharp()
    {
        var condition = LogRecords.Severity < LogSeverity.Warn | LogRecords.Body.Contains("heartbeat") & !LogRecords.EventName.Is("kept");

        Assert.True(Meets(condition, new LogRecord { SeverityNumber = SeverityNumber.Info4, EventName = "kept" }));
        Assert.True(Meets(condition, new LogRecord { SeverityNumber = SeverityNumber.Error, Body = Text("a heartbeat") }));
        Assert.False(Meets(condition, new LogRecord { SeverityNumber = SeverityNumber.Error, Body = Text("heartbeat"), EventName = "kept" }));
        Assert.False(Meets(condition, new LogRecord { SeverityNumber = SeverityNumber.Warn, Body = Text("news") }));
    }

    [Fact]
    public void Severity_ThatIsNotStated_IsNeitherBelowNorAbove()
    {
        var record = new LogRecord { SeverityText = "odd" };

        Assert.False(Meets(LogRecords.Severity < LogSeverity.Fatal4, record));
        Assert.False(Meets(LogRecords.Severity >= LogSeverity.Trace, record));
        Assert.True(Meets(LogRecords.Severity.Is(LogSeverity.Unspecified), record));
    }

    [Fact]
    public void Numbers_AreNotTexts()
    {
        var span = new Span { Attributes = { Number("code", 404), new KeyValue { Key = "text", Value = Text("404") } } };

        Assert.True(Meets(Spans.Attribute("code").Is(404), span));
        Assert.True(Meets(Spans.Attribute("code").Is(404.0), span));
        Assert.True(Meets(Spans.Attribute("code") >= 404, span));
        Assert.False(Meets(Spans.Attribute("code").Is("404"), span));
        Assert.True(Meets(Spans.Attribute("text").Is("404"), span));
        Assert.False(Meets(Spans.Attribute("text").Is(404), span));
        Assert.False(Meets(Spans.Attribute("text") < 1_000, span));
    }

    [Fact]
    public void Kind_ThatIsNotStated_IsInternal()
    {
        Assert.True(Meets(Spans.Kind.Is(ActivityKind.Internal), new Span()));
        Assert.True(Meets(Spans.Kind.Is(ActivityKind.Internal), new Span { Kind = Span.Types.SpanKind.Internal }));
        var consumer = new Span { Kind = Span.Types.SpanKind.Consumer };
        Assert.True(Meets(Spans.Kind.IsOneOf(ActivityKind.Client, ActivityKind.Consumer), consumer));
        Assert.False(Meets(Spans.Kind.IsOneOf(ActivityKind.Client), consumer));
    }

    [Fact]
    public void Duration_OfASpanThatEndsBeforeItStarts_IsNone()
    {
        var span = new Span { StartTimeUnixNano = 2_000_000, EndTimeUnixNano = 1 };

        Assert.True(Meets(Spans.Duration <= TimeSpan.Zero, span));
        Assert.False(Meets(Spans.Duration > TimeSpan.FromMilliseconds(1), span));
    }

    [Fact]
    public void Metrics_AndDataPoints_AreAskedTogether()
    {
        var condition =
            Metrics.Name.Matches("^http\\.") & Metrics.Kind.Is(MetricDataKind.Gauge) & DataPoints.Attribute("route").Is("/health");
        var metric = new Metric { Name = "http.active", Gauge = new Gauge { DataPoints = { Point("/health"), Point("/orders") } } };
        var options = new FilterOptions();
        options.Drop(condition);

        var run = FilterRun.Of(options, OtlpSignal.Metrics, Request(metric).ToByteArray());

        var scope = ExportMetricsServiceRequest.Parser.ParseFrom(run.Body).ResourceMetrics[0].ScopeMetrics[0];
        var point = Assert.Single(scope.Metrics[0].Gauge.DataPoints);
        Assert.Equal("/orders", point.Attributes[0].Value.StringValue);
        Assert.Equal(1, run.Removed);
    }

    [Fact]
    public void Resources_AndScopes_AreAskedInAllSignals()
    {
        var options = new FilterOptions();
        options.Drop(Resources.ServiceName.Is("orders-api") & Scopes.Name.StartsWith("Microsoft."));

        foreach (var signal in (OtlpSignal[])[OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs])
        {
            var run = FilterRun.Of(options, signal, new StandardLoad().Encode(signal));
            Assert.Null(run.Body);
            Assert.Equal(StandardLoad.ItemsPerRequest, run.Removed);
        }
    }

    [Fact]
    public void KeepOnly_CalledTwice_KeepsWhatMeetsBoth()
    {
        var options = new FilterOptions();
        options.KeepOnly(Spans.Name.StartsWith("GET"));
        options.KeepOnly(Spans.Attribute("http.response.status_code").IsAtLeast(400));
        var load = new StandardLoad().Traces(2_000);

        var run = FilterRun.Of(options, OtlpSignal.Traces, load.ToByteArray());

        var kept = ExportTraceServiceRequest.Parser.ParseFrom(run.Body).ResourceSpans[0].ScopeSpans[0].Spans;
        Assert.Equal(
            load.ResourceSpans[0].ScopeSpans[0].Spans.Where(
                span => span.Name.StartsWith("GET", StringComparison.Ordinal)
                    && span.Attributes.First(a => a.Key == "http.response.status_code").Value.IntValue >= 400),
            kept);
        Assert.NotEmpty(kept);
    }

    [Fact]
    public void Matches_OnATextThatDrivesThePatternMad_DoesNotHoldUpAndIsNotMet()
    {
        // The look-ahead wants backtracking, and this text as much of it as there can be.
        var condition = Spans.Name.Matches("^(?=a)(a+)+$");
        var watch = Stopwatch.StartNew();

        Assert.False(Meets(condition, new Span { Name = new string('a', 60) + "b" }));
        Assert.True(Meets(condition, new Span { Name = "aaa" }));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Matches_OnARequestFullOfSuchTexts_IsHeldUpOnlyOnce()
    {
        // Each would be given up after 100 ms: over a minute for them all.
        var options = new FilterOptions();
        options.Drop(Spans.Name.Matches("^(?=a)(a+)+$"));
        var spans = new ScopeSpans { Spans = { new Span { Name = "aaa" } } };
        for (var i = 0; i < 800; i++)
            spans.Spans.Add(new Span { Name = new string('a', 60) + "b" });
        var request = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { spans } } } };
        var watch = Stopwatch.StartNew();

        var run = FilterRun.Of(options, OtlpSignal.Traces, request.ToByteArray());

        Assert.Equal(800, run.Left);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Text_ThatIsNotUtf8_IsReadAllTheSame()
    {
        // As it can come from our own process, whose bodies nobody repairs: the name FF 61.
        byte[] span = [0x2A, 2, 0xFF, 0x61];

        Assert.True(Evaluation.Span(Spans.Name.EndsWith("a"), span));
        Assert.True(Evaluation.Span(Spans.Name.Matches("^\uFFFDa$"), span));
        Assert.False(Evaluation.Span(Spans.Name.Is("\uFFFDa"), span));
    }

    [Fact]
    public void LongTexts_AreMatchedWhole()
    {
        var body = Text(new string('ä', 5_000) + "end");

        Assert.True(Meets(LogRecords.Body.Matches("^ä+end$"), new LogRecord { Body = body }));
    }

    [Fact]
    public void Mistakes_AreSaidWhenTheConditionIsMade()
    {
        Assert.ThrowsAny<ArgumentException>(() => Spans.Name.Matches("(unclosed"));
        Assert.Throws<ArgumentNullException>(() => Spans.Name.Is(null!));
        Assert.Throws<ArgumentNullException>(() => Spans.Name.Matches((Regex)null!));
        Assert.Throws<ArgumentNullException>(() => Spans.Attribute(null!));
        Assert.Throws<ArgumentNullException>(() => Spans.IsRoot & null!);
        Assert.Throws<ArgumentNullException>(() => new FilterOptions().Drop((SpanCondition)null!));
    }

    [Fact]
    public void Condition_AsText_IsHowItIsWritten()
    {
        var either = !(Spans.Attribute("code") < 400) | Spans.Kind.Is(ActivityKind.Server) | Resources.Attribute("k").Is("a");

        Assert.Equal(
            """(!Spans.Attribute("code").IsBelow(400) | Spans.Kind.Is(ActivityKind.Server) | Resources.Attribute("k").Is("a"))""",
            either.ToString());
        Assert.Equal("""(Spans.Name.StartsWith("\"x\"") & Spans.IsRoot)""", (Spans.Name.StartsWith("\"x\"") & Spans.IsRoot).ToString());
    }

    private static bool Meets(SpanCondition condition, Span span) => Evaluation.Span(condition, span.ToByteArray());

    private static bool Meets(LogCondition condition, LogRecord record) => Evaluation.Log(condition, record.ToByteArray());

    private static NumberDataPoint Point(string route) =>
        new() { AsInt = 1, Attributes = { new KeyValue { Key = "route", Value = Text(route) } } };

    private static ExportMetricsServiceRequest Request(Metric metric) =>
        new() { ResourceMetrics = { new ResourceMetrics { ScopeMetrics = { new ScopeMetrics { Metrics = { metric } } } } } };

    private static AnyValue Text(string text) => new() { StringValue = text };

    private static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };
}
