using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Typed;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Processors;

/// <summary>
/// Each built-in processor beside the same edit by a step of the user's own, which decodes and encodes: per span of the standard load. The
/// two must leave the same.
/// </summary>
public class ProcessorBenchmarks : IDisposable
{
    private readonly BufferPool _pool = new(new ByteBudget(1024 * 1024 * 1024));
    private readonly TypedThreads _threads = new(1);
    private EditedBodies _bodies = null!;
    private IPayloadProcessor _builtIn = null!;
    private TypedProcessor _typed = null!;

    [ParamsAllValues]
    public ProcessorEdit Edit { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var bodies = Bodies.Of(OtlpSignal.Traces);
        _bodies = new EditedBodies(OtlpSignal.Traces, bodies, _pool);
        _builtIn = ProcessorEdits.BuiltIn(Edit, EditedBodies.Setup(OtlpSignal.Traces, _pool));
        var edit = Edit;
        var step = new TypedStep(
            "step",
            TypedSource.Of<ResourceSpans>((spans, _) => ProcessorEdits.Typed(edit, spans)),
            new TypedProcessorOptions(),
            new ProcessorLedger("step", OtlpSignal.Traces),
            NullLogger.Instance);
        _typed = new TypedProcessor(
            OtlpSignal.Traces, [step], _threads, _pool, TimeProvider.System, NullLogger.Instance, services: null);

        foreach (var body in bodies)
        {
            if (!Left(_builtIn, body).Equals(Left(_typed, body)))
                throw new InvalidOperationException($"The two ways of {Edit} do not leave the same.");
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public int Typed() => _bodies.Process(_typed);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int BuiltIn() => _bodies.Process(_builtIn);

    [GlobalCleanup]
    public void Dispose()
    {
        _threads.Dispose();
        GC.SuppressFinalize(this);
    }

    private ExportTraceServiceRequest Left(IPayloadProcessor processor, byte[] body)
    {
        var buffer = _pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        using var left = processor.Process(
            new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, StandardLoad.ItemsPerRequest) { IsValidated = true, IsCanonical = true });
        return ExportTraceServiceRequest.Parser.ParseFrom(left is null ? [] : left.Body.Span);
    }
}
