using System.Diagnostics;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Settings;
using Rotel.TestKit.Telemetry;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Filtering;

public sealed class FilterProcessorTypeTests
{
    private readonly FilterProcessorType _type = new();
    private readonly FilterOptions _options = new();

    [Theory]
    [InlineData("drop_services", "checkout, ^shadow-", "orders,checkout,checkout2,shadow-1", "orders,checkout2")]
    [InlineData("keep_services", "checkout,^shadow-", "orders,checkout,checkout2,shadow-1", "checkout,shadow-1")]
    public void Services_InAllSignals_AreDroppedOrKept(string setting, string value, string sent, string left)
    {
        Set(setting, value);

        foreach (var signal in (OtlpSignal[])[OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs])
        {
            var run = FilterRun.Of(_options, signal, [.. sent.Split(',').SelectMany(service => Service(signal, service))]);
            Assert.Equal(left.Split(','), Services(OtlpItems.Parse(signal, run.Body)));
        }
    }

    [Theory]
    [InlineData("drop_span_names", "GET /health,^POST", "GET /")]
    [InlineData("keep_span_names", "^GET", "GET /health,GET /")]
    [InlineData("drop_span_kinds", "client, internal", "GET /health")]
    [InlineData("drop_spans_shorter_than", "3ms", "GET /health")]
    [InlineData("drop_attributes", "code=404", "GET /,POST /")]
    [InlineData("drop_attributes", "code=^2,flag=true", "GET /health")]
    [InlineData("drop_scopes", "^Lib", "")]
    [InlineData("drop_resource_attributes", "host.name=other", "GET /health,GET /,POST /")]
    [InlineData("drop_resource_attributes", "host.name=^node-", "")]
    public void Spans_AreDroppedByEachSetting(string setting, string value, string left)
    {
        var scope = new ScopeSpans { Scope = new InstrumentationScope { Name = "Library" } };
        scope.Spans.Add(Span("GET /health", OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind.Server, 5, 404, false));
        scope.Spans.Add(Span("GET /", OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind.Client, 2, 200, true));
        scope.Spans.Add(Span("POST /", OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind.Unspecified, 1, 200, false));
        var resource = new ResourceMessage { Attributes = { Text("host.name", "node-7") } };
        var envelope = new ResourceSpans { Resource = resource, ScopeSpans = { scope } };
        var request = new ExportTraceServiceRequest { ResourceSpans = { envelope } };
        Set(setting, value);

        var run = FilterRun.Of(_options, OtlpSignal.Traces, request.ToByteArray());

        var names = run.Body is null
            ? []
            : ExportTraceServiceRequest.Parser.ParseFrom(run.Body).ResourceSpans[0].ScopeSpans[0].Spans.Select(span => span.Name);
        Assert.Equal(left, string.Join(',', names));
    }

    [Theory]
    [InlineData("drop_below_severity", "warn", "a warning,of unknown weight")]
    [InlineData("drop_below_severity", "warn2", "of unknown weight")]
    [InlineData("drop_log_bodies", "^heart,a warning", "of unknown weight")]
    [InlineData("drop_attributes", "category=noise", "a warning,of unknown weight")]
    public void LogRecords_AreDroppedByEachSetting(string setting, string value, string left)
    {
        var scope = new ScopeLogs
        {
            LogRecords =
            {
                new LogRecord { SeverityNumber = SeverityNumber.Info, Body = Text("heartbeat"), Attributes = { Text("category", "noise") } },
                new LogRecord { SeverityNumber = SeverityNumber.Warn, Body = Text("a warning") },
                new LogRecord { Body = Text("of unknown weight") },
            },
        };
        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } };
        Set(setting, value);

        var run = FilterRun.Of(_options, OtlpSignal.Logs, request.ToByteArray());

        var records = ExportLogsServiceRequest.Parser.ParseFrom(run.Body).ResourceLogs[0].ScopeLogs[0].LogRecords;
        Assert.Equal(left, string.Join(',', records.Select(record => record.Body.StringValue)));
    }

    [Theory]
    [InlineData("drop_metric_names", "^dotnet\\.gc\\.,http.duration", "orders 1 2")]
    [InlineData("keep_metric_names", "^dotnet", "dotnet.gc.collections 1")]
    [InlineData("drop_attributes", "point=1", "orders 2")]
    public void Metrics_AreDroppedByEachSetting(string setting, string value, string left)
    {
        var duration = new HistogramDataPoint { Attributes = { Number("point", 1) } };
        var scope = new ScopeMetrics
        {
            Metrics =
            {
                new Metric { Name = "dotnet.gc.collections", Sum = new Sum { DataPoints = { Point(1) } } },
                new Metric { Name = "orders", Gauge = new Gauge { DataPoints = { Point(1), Point(2) } } },
                new Metric { Name = "http.duration", Histogram = new Histogram { DataPoints = { duration } } },
            },
        };
        var request = new ExportMetricsServiceRequest { ResourceMetrics = { new ResourceMetrics { ScopeMetrics = { scope } } } };
        Set(setting, value);

        var run = FilterRun.Of(_options, OtlpSignal.Metrics, request.ToByteArray());

        var metrics = ExportMetricsServiceRequest.Parser.ParseFrom(run.Body).ResourceMetrics[0].ScopeMetrics[0].Metrics;
        Assert.Equal(left, string.Join(',', metrics.Select(metric =>
            $"{metric.Name} {string.Join(' ', (metric.Gauge?.DataPoints ?? metric.Sum.DataPoints).Select(point => point.AsInt))}")));
    }

    [Fact]
    public void Settings_OfTheEnvironment_FillTheOptionsAndReadBack()
    {
        foreach (var setting in _type.Settings)
        {
            Assert.Null(setting.Show(_options));
            var text = setting.Name switch
            {
                "drop_span_kinds" => "server,client",
                "drop_spans_shorter_than" => "5ms",
                "drop_below_severity" => "info",
                _ when setting.Form.StartsWith("name=", StringComparison.Ordinal) => "a=1,b=^2",
                _ => "one,^two",
            };
            Assert.Null(setting.Apply(_options, text));
            Assert.Equal(text, setting.Show(_options));
        }

        Assert.Equal([ActivityKind.Server, ActivityKind.Client], _options.DropSpanKinds);
        Assert.Empty(Errors());
    }

    [Fact]
    public void Mistakes_AreAllSaidByTheirSetting()
    {
        _options.DropServices.Add("^(");
        _options.KeepMetricNames.Add("^[");
        _options.DropAttributes["a"] = "^a**";
        _options.DropSpansShorterThan = TimeSpan.Zero;
        _options.DropBelowSeverity = LogSeverity.Unspecified;
        _options.DropSpanKinds.Add((ActivityKind)7);

        var errors = Errors();

        Assert.Equal(
            ["drop_attributes", "drop_below_severity", "drop_services", "drop_span_kinds", "drop_spans_shorter_than", "keep_metric_names"],
            errors.Select(error => error.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Contains(errors, error =>
            error.StartsWith("drop_services: '^(' begins with '^' and is not a regular expression: ", StringComparison.Ordinal));
        Assert.Equal(
            "expected a comma-separated list of any of internal, server, client, producer, consumer",
            Find("drop_span_kinds").Apply(_options, "server,remote"));
    }

    [Fact]
    public void Filter_WithNothingToDoInASignal_LetsItsPayloadsPass()
    {
        Set("drop_below_severity", "info");
        _options.Drop(Metrics.Name.Is("x"));

        Assert.True(FilterRun.Of(_options, OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces)).IsSame);
        Assert.True(FilterRun.Of(_options, OtlpSignal.Metrics, new StandardLoad().Encode(OtlpSignal.Metrics)).IsSame);
    }

    private void Set(string name, string value) => Assert.Null(Find(name).Apply(_options, value));

    private Setting Find(string name) => _type.Settings.Single(setting => setting.Name == name);

    private List<string> Errors()
    {
        var errors = new Collected();
        _type.Validate(_options, errors);
        return errors.All;
    }

    private static byte[] Service(OtlpSignal signal, string name)
    {
        var resource = new ResourceMessage { Attributes = { Text("service.name", name) } };
        return signal switch
        {
            OtlpSignal.Traces => new ExportTraceServiceRequest
            {
                ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { new ScopeSpans { Spans = { new Span() } } } } },
            }.ToByteArray(),
            OtlpSignal.Logs => new ExportLogsServiceRequest
            {
                ResourceLogs = { new ResourceLogs { Resource = resource, ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord() } } } } },
            }.ToByteArray(),
            _ => new ExportMetricsServiceRequest
            {
                ResourceMetrics =
                {
                    new ResourceMetrics
                    {
                        Resource = resource,
                        ScopeMetrics = { new ScopeMetrics { Metrics = { new Metric { Gauge = new Gauge { DataPoints = { Point(1) } } } } } },
                    },
                },
            }.ToByteArray(),
        };
    }

    private static IEnumerable<string> Services(IMessage request) => (request switch
    {
        ExportTraceServiceRequest traces => traces.ResourceSpans.Select(resource => resource.Resource),
        ExportLogsServiceRequest logs => logs.ResourceLogs.Select(resource => resource.Resource),
        _ => ((ExportMetricsServiceRequest)request).ResourceMetrics.Select(resource => resource.Resource),
    }).Select(resource => resource.Attributes[0].Value.StringValue);

    private static Span Span(string name, Span.Types.SpanKind kind, ulong milliseconds, int code, bool flag) => new()
    {
        Name = name,
        Kind = kind,
        StartTimeUnixNano = 1_000_000,
        EndTimeUnixNano = 1_000_000 * (1 + milliseconds),
        Attributes = { Number("code", code), new KeyValue { Key = "flag", Value = new AnyValue { BoolValue = flag } } },
    };

    private static NumberDataPoint Point(int number) => new() { AsInt = number, Attributes = { Number("point", number) } };

    private static AnyValue Text(string text) => new() { StringValue = text };

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = Text(value) };

    private static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };

    private sealed class Collected : SettingErrors
    {
        public List<string> All { get; } = [];

        public override void Add(string setting, string problem) => All.Add($"{setting}: {problem}");
    }
}
