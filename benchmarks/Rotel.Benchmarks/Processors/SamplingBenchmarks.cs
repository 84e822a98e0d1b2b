using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Sampling;

namespace Rotel.Benchmarks.Processors;

/// <summary>
/// The probabilistic sampler over spans without a trace state, over spans that were sampled before and carry another vendor's member too,
/// and over log records; the more it keeps, the more it writes.
/// </summary>
public class SamplingBenchmarks
{
    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private EditedBodies _spans = null!;
    private EditedBodies _sampledSpans = null!;
    private EditedBodies _records = null!;
    private IPayloadProcessor _spanSampler = null!;
    private IPayloadProcessor _logSampler = null!;

    [Params(1, 10, 90)]
    public double Percentage { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var bodies = Bodies.Of(OtlpSignal.Traces);
        _spans = new EditedBodies(OtlpSignal.Traces, bodies, _pool);
        _sampledSpans = new EditedBodies(OtlpSignal.Traces, bodies.Select(Sampled), _pool);
        _records = new EditedBodies(OtlpSignal.Logs, Bodies.Of(OtlpSignal.Logs), _pool);
        var options = new ProbabilisticSamplerOptions { Percentage = Percentage };
        _spanSampler = Create(OtlpSignal.Traces, options);
        _logSampler = Create(OtlpSignal.Logs, options);
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Spans() => _spans.Process(_spanSampler);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int SpansSampledBefore() => _sampledSpans.Process(_spanSampler);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int LogRecords() => _records.Process(_logSampler);

    private IPayloadProcessor Create(OtlpSignal signal, ProbabilisticSamplerOptions options) =>
        new ProbabilisticSamplerType().Create(options, signal, EditedBodies.Setup(signal, _pool))!;

    private static byte[] Sampled(byte[] body)
    {
        var request = ExportTraceServiceRequest.Parser.ParseFrom(body);
        foreach (var span in request.ResourceSpans[0].ScopeSpans[0].Spans)
            span.TraceState = "vendor=f0e1d2c3,ot=th:0;rv:" + Convert.ToHexStringLower(span.TraceId.Span[9..]);
        return request.ToByteArray();
    }
}
