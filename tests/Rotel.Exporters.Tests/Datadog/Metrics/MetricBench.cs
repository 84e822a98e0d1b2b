using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Metrics;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Temporality;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>
/// An encoder of metrics that began to watch at <see cref="Start"/>, with a budget of its own that must be whole again in the end. What it
/// sends is read with the generated classes.
/// </summary>
internal sealed class MetricBench : IDisposable
{
    /// <summary>2026-01-01, in seconds.</summary>
    public const ulong Start = 1_767_225_600;

    private readonly ExporterBench _bench;
    private readonly CumulativeSeries _deltas;
    private readonly MetricEncoder _encoder;

    public MetricBench(Action<DatadogExporterOptions>? configure = null, long memoryLimit = 64 * 1024 * 1024)
    {
        var options = new DatadogExporterOptions { HostName = "own-host", ScopeAsTags = false };
        configure?.Invoke(options);
        Time.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds((long)Start + 1_000));
        _bench = new ExporterBench(Time);
        Pool = new BufferPool(new ByteBudget(memoryLimit));
        _deltas = new CumulativeSeries(
            CumulativeSeriesLimits.Within(Pool.Budget, options.DeltaMaxSeries, options.DeltaExpiry),
            Pool.Budget,
            Time,
            DateTimeOffset.FromUnixTimeSeconds((long)Start));
        var forgotten = new ForgottenSeries(_deltas, _bench.Context, options.DeltaMaxSeries);
        _encoder = new MetricEncoder(Pool, options, new ResourceCatalog(options, Pool), _deltas, Time, forgotten);
    }

    public BufferPool Pool { get; }

    public IEnumerable<string> Log => _bench.Log.Lines;

    public FakeTimeProvider Time { get; } = new();

    /// <summary>Nanoseconds of so many seconds after <see cref="Start"/>.</summary>
    public static ulong At(double seconds) => (ulong)((long)(Start * 1_000_000_000) + (long)(seconds * 1e9));

    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static ExportMetricsServiceRequest Request(params Metric[] metrics) => Request(new Resource(), metrics);

    public static ExportMetricsServiceRequest Request(Resource resource, params Metric[] metrics) => new()
    {
        ResourceMetrics = { new ResourceMetrics { Resource = resource, ScopeMetrics = { new ScopeMetrics { Metrics = { metrics } } } } },
    };

    public static Metric Gauge(string name, params NumberDataPoint[] points) =>
        new() { Name = name, Gauge = new Gauge { DataPoints = { points } } };

    public static Metric Sum(string name, AggregationTemporality temporality, bool monotonic, params NumberDataPoint[] points) => new()
    {
        Name = name,
        Sum = new Sum { AggregationTemporality = temporality, IsMonotonic = monotonic, DataPoints = { points } },
    };

    public static Metric Counter(string name, params NumberDataPoint[] points) =>
        Sum(name, AggregationTemporality.Cumulative, monotonic: true, points);

    /// <summary>A point of a series that began a second after the encoder began to watch, unless said otherwise.</summary>
    public static NumberDataPoint Point(double seconds, double value, double start = 1) =>
        new() { StartTimeUnixNano = At(start), TimeUnixNano = At(seconds), AsDouble = value };

    public EncodedMetrics Encode(params Metric[] metrics) => Encode(Request(metrics));

    public EncodedMetrics Encode(params ExportMetricsServiceRequest[] requests) =>
        Encode(Array.ConvertAll(requests, request => request.ToByteArray()));

    public EncodedMetrics Encode(params byte[][] bodies)
    {
        using var sink = new PayloadSink(compressor: null, Pool);
        EncodeTo(sink, bodies);
        return EncodedMetrics.Of(sink);
    }

    public void EncodeTo(PayloadSink sink, params byte[][] bodies)
    {
        foreach (var body in bodies)
        {
            using var payload = Payload(body);
            _encoder.Append(payload, sink);
        }

        _encoder.Close(sink);
    }

    public OtlpPayload Payload(byte[] body)
    {
        var validation = OtlpValidator.Validate(OtlpSignal.Metrics, body, OtlpLimits.Untrusted);
        Assert.Equal(OtlpFault.None, validation.Fault);
        var buffer = Pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(OtlpSignal.Metrics, buffer, body.Length, validation.ItemCount);
    }

    public void Append(OtlpPayload payload, PayloadSink sink) => _encoder.Append(payload, sink);

    public void Close(PayloadSink sink) => _encoder.Close(sink);

    public void Dispose()
    {
        _encoder.Dispose();
        _deltas.Dispose();
        _bench.Dispose();
        Assert.Equal(0, Pool.Budget.Reserved);
    }
}
