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

namespace Rotel.ClickHouse.Queries;

/// <summary>
/// What a shop of four services has sent over five minutes, the same every time, small enough that every answer can be computed beside the
/// server. Each service exports by itself, so that the spans of a trace come in different requests.
/// </summary>
internal sealed class ShopTelemetry
{
    public const int Traces = 75;

    public const ulong Second = 1_000_000_000;

    /// <summary>The beginning of a minute.</summary>
    public const ulong Start = 1_780_000_020 * Second;

    private static readonly string[] Routes = ["/cart", "/cart", "/order", "/order", "/order", "/product/{id}", "/search"];

    public ShopTelemetry()
    {
        for (var trace = 0; trace < Traces; trace++)
            AddTrace(trace);
        foreach (var channel in (string[])["web", "shop", "phone"])
            AddOrders(channel);
        for (var step = 0; step < 10; step++)
            AddDistributions(step);
    }

    public List<ShopSpan> Spans { get; } = [];

    public List<ShopLog> Logs { get; } = [];

    /// <summary>Cumulative counts of orders; the counter of <c>shop</c> starts anew in the middle.</summary>
    public List<ShopPoint> Orders { get; } = [];

    public List<(string Service, HistogramDataPoint Point)> Latencies { get; } = [];

    public List<ExponentialHistogramDataPoint> Sizes { get; } = [];

    public IEnumerable<IMessage> Requests()
    {
        foreach (var service in Spans.GroupBy(span => span.Service))
            yield return TraceRequest(service.Key, service);
        foreach (var service in Logs.GroupBy(log => log.Service))
            yield return LogRequest(service.Key, service);
        yield return MetricRequest("checkout", new Metric
        {
            Name = "orders",
            Unit = "{order}",
            Sum = new Sum
            {
                AggregationTemporality = AggregationTemporality.Cumulative,
                IsMonotonic = true,
                DataPoints = { Orders.Select(NumberPoint) },
            },
        });
        foreach (var service in Latencies.GroupBy(latency => latency.Service))
        {
            yield return MetricRequest(service.Key, new Metric
            {
                Name = "http.server.request.duration",
                Unit = "s",
                Histogram = new Histogram
                {
                    AggregationTemporality = AggregationTemporality.Delta,
                    DataPoints = { service.Select(latency => latency.Point) },
                },
            });
        }

        yield return MetricRequest("catalog", new Metric
        {
            Name = "response.size",
            Unit = "By",
            ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = AggregationTemporality.Delta, DataPoints = { Sizes } },
        });
    }

    private void AddTrace(int trace)
    {
        var start = Start + (ulong)trace * 4 * Second + 123_456_789;
        var route = Routes[trace % Routes.Length];
        var failed = trace % 7 == 2;
        var backend = trace % 3 == 0 ? "catalog" : "checkout";
        var root = AddSpan(trace, parent: null, "frontend", "GET " + route, Span.Types.SpanKind.Server, start, route, failed);
        var call = AddSpan(trace, root, "frontend", "call", Span.Types.SpanKind.Client, start + 1_000, route, failed);
        var served = AddSpan(trace, call, backend, "handle", Span.Types.SpanKind.Server, start + 2_000, route, failed);
        if (backend == "checkout")
        {
            var pay = AddSpan(trace, served, backend, "pay", Span.Types.SpanKind.Client, start + 3_000, route, failed);
            AddSpan(trace, pay, "payments", "charge", Span.Types.SpanKind.Server, start + 4_000, route, failed);
        }

        Logs.Add(new ShopLog(
            backend,
            failed ? $"Payment timeout, order {trace} (card_declined)" : $"Served {route} for order {trace}",
            failed ? SeverityNumber.Error : SeverityNumber.Info,
            start + 5_000,
            route,
            trace));
    }

    private ShopSpan AddSpan(
        int trace, ShopSpan? parent, string service, string name, Span.Types.SpanKind kind, ulong start, string route, bool failed)
    {
        // No two spans of one service last equally long: an order by duration has one answer.
        var duration = (ulong)((Spans.Count * 7_919 % 100_003) + 1) * 1_000;
        var span = new ShopSpan(trace, Spans.Count + 1, parent, service, name, kind, start, duration, route, failed);
        Spans.Add(span);
        return span;
    }

    private void AddOrders(string channel)
    {
        var (value, started) = (0L, Start - 60 * Second);
        for (var step = 0; step < 10; step++)
        {
            if (channel == "shop" && step == 5)
                (value, started) = (0, Start + 149 * Second);
            value += 3 * step + channel.Length;
            Orders.Add(new ShopPoint(channel, started, Start + (ulong)step * 30 * Second, value));
        }
    }

    private void AddDistributions(int step)
    {
        var time = Start + (ulong)step * 30 * Second;
        foreach (var service in (string[])["frontend", "checkout"])
        {
            var point = new HistogramDataPoint
            {
                StartTimeUnixNano = time - 30 * Second,
                TimeUnixNano = time,
                ExplicitBounds = { 0.125, 0.25, 0.5, 1, 2 },
            };
            for (var bucket = 0; bucket < 6; bucket++)
                point.BucketCounts.Add((ulong)((step + bucket) * service.Length % 11));
            point.Count = point.BucketCounts.Aggregate(0UL, (sum, count) => sum + count);
            point.Sum = point.Count * 0.25;
            Latencies.Add((service, point));
        }

        Sizes.Add(new ExponentialHistogramDataPoint
        {
            StartTimeUnixNano = time - 30 * Second,
            TimeUnixNano = time,
            Scale = 1,
            ZeroCount = (ulong)(step % 2),
            Positive = new ExponentialHistogramDataPoint.Types.Buckets { Offset = 4, BucketCounts = { 5, (ulong)step, 2, 1 } },
            Count = (ulong)(8 + step + step % 2),
            Sum = 64 * (step + 1),
        });
    }

    private static ExportTraceServiceRequest TraceRequest(string service, IEnumerable<ShopSpan> spans) => new()
    {
        ResourceSpans =
        {
            new ResourceSpans
            {
                Resource = Service(service),
                ScopeSpans = { new ScopeSpans { Scope = new InstrumentationScope { Name = "Shop" }, Spans = { spans.Select(span => span.ToOtlp()) } } },
            },
        },
    };

    private static ExportLogsServiceRequest LogRequest(string service, IEnumerable<ShopLog> logs) => new()
    {
        ResourceLogs = { new ResourceLogs { Resource = Service(service), ScopeLogs = { new ScopeLogs { LogRecords = { logs.Select(log => log.ToOtlp()) } } } } },
    };

    private static ExportMetricsServiceRequest MetricRequest(string service, Metric metric) => new()
    {
        ResourceMetrics = { new ResourceMetrics { Resource = Service(service), ScopeMetrics = { new ScopeMetrics { Metrics = { metric } } } } },
    };

    private static NumberDataPoint NumberPoint(ShopPoint point) => new()
    {
        StartTimeUnixNano = point.Started,
        TimeUnixNano = point.Time,
        AsInt = point.Value,
        Attributes = { Text("channel", point.Channel) },
    };

    private static Resource Service(string name) =>
        new() { Attributes = { Text("service.name", name), Text("deployment.environment.name", "production") } };

    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };

    public static byte[] Id(int length, int number)
    {
        var id = new byte[length];
        id[0] = 0xAB;
        BinaryPrimitives.WriteInt32BigEndian(id.AsSpan(length - 4), number);
        return id;
    }
}
