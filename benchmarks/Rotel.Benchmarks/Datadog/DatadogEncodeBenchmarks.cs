using BenchmarkDotNet.Attributes;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Batching;
using Rotel.Exporters.Datadog;
using Rotel.Otlp;
using Rotel.Throughput.Naive;

namespace Rotel.Benchmarks.Datadog;

/// <summary>
/// A batch of spans into the bodies of requests to Datadog, with all that is on by default: mapping, obfuscation, statistics. Against
/// Google.Protobuf, which is spared the rules. Beside them what leaving one thing out saves.
/// </summary>
public class DatadogEncodeBenchmarks
{
    private byte[][] _bodies = null!;
    private EncodingExporter _exporter = null!;
    private EncodingExporter _withoutStatistics = null!;
    private EncodingExporter _withoutObfuscation = null!;
    private OtlpBatch _batch = null!;

    [Params(DatadogCompression.None, DatadogCompression.Gzip, DatadogCompression.Zstd)]
    public DatadogCompression Compression { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bodies = Bodies.Of(OtlpSignal.Traces);
        _exporter = new EncodingExporter(new DatadogExporterOptions { Compression = Compression });
        _withoutStatistics = new EncodingExporter(new DatadogExporterOptions { Compression = Compression, ComputeStats = false });
        _withoutObfuscation = new EncodingExporter(new DatadogExporterOptions { Compression = Compression, Obfuscation = false });
        _batch = _exporter.Batch(OtlpSignal.Traces);
        Console.WriteLine($"// bytes per span: naive {(double)Naive() / Bodies.TotalItems:f1}, Rotel {(double)Rotel() / Bodies.TotalItems:f1}");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _batch.Dispose();
        _exporter.Dispose();
        _withoutStatistics.Dispose();
        _withoutObfuscation.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public long Naive()
    {
        var merged = new ExportTraceServiceRequest();
        foreach (var body in _bodies)
            merged.ResourceSpans.AddRange(ExportTraceServiceRequest.Parser.ParseFrom(body).ResourceSpans);
        return NaiveDatadogPayload.Encode(merged, Compression.ToString().ToLowerInvariant()).Length;
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Rotel() => _exporter.Encode(_batch);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long RotelWithoutStatistics() => _withoutStatistics.Encode(_batch);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long RotelWithoutObfuscation() => _withoutObfuscation.Encode(_batch);
}
