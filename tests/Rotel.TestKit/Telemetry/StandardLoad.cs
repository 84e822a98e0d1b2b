using System.Buffers.Binary;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;

namespace Rotel.TestKit.Telemetry;

/// <summary>
/// The load all figures are measured with: one service's HTTP server spans of about 490 encoded bytes and 10 to 12 attributes each, by
/// default 100 to a request, and data points and log records of the same realism. The same for the same seed; ids and times never repeat
/// within one load, so that every item has a key of its own (see <see cref="OtlpItems.Keys"/>). Not safe for concurrent use.
/// </summary>
public sealed class StandardLoad
{
    /// <summary>Items of a request, unless said otherwise.</summary>
    public const int ItemsPerRequest = 100;

    private const ulong Start = 1_780_000_000_000_000_000;

    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "PUT", "DELETE"];
    private static readonly string[] Routes =
        ["/v1/orders/{orderId}", "/v1/customers/{customerId}/addresses", "/v1/catalog/products", "/v1/carts/{cartId}/items"];

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X)",
        "okhttp/5.1.0 orders-android/8.14.2 (build 20260714)",
    ];

    private readonly Random _random;
    private readonly ulong _salt;
    private readonly ulong _start;
    private ulong _sequence;

    /// <summary>Makes a load; loads of different seeds from 0 to 999,999 share no key.</summary>
    public StandardLoad(int seed = 1)
    {
        _random = new Random(seed);
        _salt = (ulong)(uint)seed << 32;
        _start = Start + (ulong)(uint)seed;
    }

    /// <summary>The next request of the signal.</summary>
    public IMessage Next(OtlpSignal signal, int items = ItemsPerRequest) => signal switch
    {
        OtlpSignal.Traces => Traces(items),
        OtlpSignal.Metrics => Metrics(items),
        _ => Logs(items),
    };

    /// <summary>The next request of the signal, encoded as SDKs encode it.</summary>
    public byte[] Encode(OtlpSignal signal, int items = ItemsPerRequest) => Next(signal, items).ToByteArray();

    public ExportTraceServiceRequest Traces(int spans = ItemsPerRequest)
    {
        var scope = new ScopeSpans { Scope = Scope() };
        for (var i = 0; i < spans; i++)
            scope.Spans.Add(NextSpan());
        return new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { Resource = Service(), ScopeSpans = { scope } } } };
    }

    /// <summary>Data points in turn of a histogram, a sum and a gauge, a metric of each per request.</summary>
    public ExportMetricsServiceRequest Metrics(int points = ItemsPerRequest)
    {
        var duration = new Metric
        {
            Name = "http.server.request.duration",
            Unit = "s",
            Description = "Duration of HTTP server requests.",
            Histogram = new Histogram { AggregationTemporality = AggregationTemporality.Cumulative },
        };
        var requests = new Metric
        {
            Name = "orders.requests",
            Unit = "{request}",
            Description = "Requests handled.",
            Sum = new Sum { AggregationTemporality = AggregationTemporality.Cumulative, IsMonotonic = true },
        };
        var active = new Metric { Name = "http.server.active_requests", Unit = "{request}", Gauge = new Gauge() };
        for (var i = 0; i < points; i++)
        {
            switch (i % 3)
            {
                case 0:
                    duration.Histogram.DataPoints.Add(NextHistogramPoint());
                    break;
                case 1:
                    requests.Sum.DataPoints.Add(NextNumberPoint());
                    break;
                default:
                    active.Gauge.DataPoints.Add(NextNumberPoint());
                    break;
            }
        }

        var scope = new ScopeMetrics { Scope = Scope() };
        scope.Metrics.Add(new[] { duration, requests, active }.Take(points));
        var resource = new ResourceMetrics { Resource = Service(), ScopeMetrics = { scope } };
        return new ExportMetricsServiceRequest { ResourceMetrics = { resource } };
    }

    public ExportLogsServiceRequest Logs(int records = ItemsPerRequest)
    {
        var scope = new ScopeLogs { Scope = Scope() };
        for (var i = 0; i < records; i++)
            scope.LogRecords.Add(NextLogRecord());
        return new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { Resource = Service(), ScopeLogs = { scope } } } };
    }

    private static Resource Service() => new()
    {
        Attributes =
        {
            Text("service.name", "orders-api"), Text("service.version", "8.14.2"),
            Text("service.instance.id", "orders-api-7d9f8b6c5-x2x7q"),
            Text("deployment.environment.name", "production"), Text("host.name", "node-17.eu-west-1.internal"),
            Text("telemetry.sdk.name", "opentelemetry"), Text("telemetry.sdk.language", "dotnet"), Text("telemetry.sdk.version", "1.20.1"),
        },
    };

    private static InstrumentationScope Scope() => new() { Name = "Microsoft.AspNetCore", Version = "10.0.0" };

    private Span NextSpan()
    {
        var (method, route, status) = NextRequest();
        var time = NextTime();
        var span = new Span
        {
            TraceId = NextId(16),
            SpanId = NextId(8),
            ParentSpanId = _random.Next(4) == 0 ? ByteString.Empty : NextId(8),
            Name = $"{method} {route}",
            Kind = Span.Types.SpanKind.Server,
            Flags = 0x101,
            StartTimeUnixNano = time,
            EndTimeUnixNano = time + (ulong)_random.Next(200_000, 90_000_000),
            Attributes =
            {
                Text("http.request.method", method), Text("http.route", route), Text("url.scheme", "https"),
                Text("url.path", route.Replace("{", "4f", StringComparison.Ordinal).Replace("}", "9c", StringComparison.Ordinal)),
                Text("server.address", "orders.example.com"), Number("server.port", 443),
                Number("http.response.status_code", status), Text("network.protocol.version", "2"),
                Text("client.address", $"203.0.113.{_random.Next(256)}"), Text("user_agent.original", Agents[_random.Next(Agents.Length)]),
            },
        };
        if (_random.Next(2) == 0)
            span.Attributes.Add(Number("http.response.body.size", _random.Next(100, 200_000)));
        if (status >= 500)
        {
            span.Attributes.Add(Text("error.type", "500"));
            span.Status = new Status { Code = Status.Types.StatusCode.Error };
        }

        return span;
    }

    private HistogramDataPoint NextHistogramPoint()
    {
        var point = new HistogramDataPoint
        {
            StartTimeUnixNano = Start,
            TimeUnixNano = NextTime(),
            Min = 0.0002,
            Max = 0.09,
            ExplicitBounds = { 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10 },
        };
        for (var bucket = 0; bucket <= point.ExplicitBounds.Count; bucket++)
        {
            var count = (ulong)_random.Next(1_000 >> bucket | 1);
            point.BucketCounts.Add(count);
            point.Count += count;
        }

        point.Sum = point.Count * 0.013;
        point.Attributes.Add(PointAttributes());
        return point;
    }

    private NumberDataPoint NextNumberPoint()
    {
        var point = new NumberDataPoint { StartTimeUnixNano = Start, TimeUnixNano = NextTime(), AsInt = _random.Next(1_000_000) };
        point.Attributes.Add(PointAttributes());
        return point;
    }

    private KeyValue[] PointAttributes()
    {
        var (method, route, status) = NextRequest();
        return
        [
            Text("http.request.method", method), Text("http.route", route), Text("url.scheme", "https"),
            Number("http.response.status_code", status), Text("network.protocol.version", "2"),
        ];
    }

    private LogRecord NextLogRecord()
    {
        var (method, route, status) = NextRequest();
        var time = NextTime();
        var failed = status >= 500;
        return new LogRecord
        {
            TimeUnixNano = time,
            ObservedTimeUnixNano = time + 1_000,
            TraceId = NextId(16),
            SpanId = NextId(8),
            Flags = 1,
            SeverityNumber = failed ? SeverityNumber.Error : SeverityNumber.Info,
            SeverityText = failed ? "Error" : "Information",
            Body = new AnyValue { StringValue = $"Request {method} {route} finished with {status} in {_random.Next(1, 90)} ms" },
            Attributes =
            {
                Text(OtlpItems.LogRecordKey, $"{_salt | _sequence:x16}"), Text("http.request.method", method), Text("http.route", route),
                Number("http.response.status_code", status), Text("server.address", "orders.example.com"),
                Text("category", "Orders.Api.Hosting.RequestLogging"), Number("thread.id", _random.Next(1, 64)),
            },
        };
    }

    private (string Method, string Route, int Status) NextRequest()
    {
        var status = _random.Next(50) switch { 0 => 500, < 3 => 404, _ => 200 };
        return (Methods[_random.Next(Methods.Length)], Routes[_random.Next(Routes.Length)], status);
    }

    private ulong NextTime() => _start + (++_sequence * 1_000_003);

    // The tail counts up, which keeps ids unique; the multiplication (odd, so no two inputs meet) makes them look random to a compressor.
    private ByteString NextId(int length)
    {
        var id = new byte[length];
        _random.NextBytes(id);
        BinaryPrimitives.WriteUInt64BigEndian(id.AsSpan(length - 8), unchecked((_salt + ++_sequence) * 0x9E37_79B9_7F4A_7C15));
        return ByteString.CopyFrom(id);
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };
}
