using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Processors.Typed;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Benchmarks.Processors;

/// <summary>What it costs to run steps of the user's own: decode, call on another thread, check, encode.</summary>
public class TypedBenchmarks : IDisposable
{
    private readonly BufferPool _pool = new(new ByteBudget(1024 * 1024 * 1024));
    private readonly TypedThreads _threads = new(1);
    private byte[][] _bodies = [];
    private TypedProcessor _looking = null!;
    private TypedProcessor _upserting = null!;
    private TypedProcessor _threeSteps = null!;

    [Params(OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs)]
    public OtlpSignal Signal { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bodies = Bodies.Of(Signal);
        _looking = Processor(Step(_ => { }));
        _upserting = Processor(Step(Upsert));
        _threeSteps = Processor(Step(Upsert), Step(_ => { }), Step(_ => { }));
    }

    /// <summary>Google.Protobuf alone: what a collector of objects does with every request.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public int DecodeAndEncode()
    {
        var parser = ProtobufParsers.Of(Signal);
        var bytes = 0;
        foreach (var body in _bodies)
            bytes += parser.ParseFrom(body).ToByteArray().Length;
        return bytes;
    }

    /// <summary>A step that changes nothing.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Look() => Run(_looking);

    /// <summary>A step that sets two resource attributes.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int UpsertTwoResourceAttributes() => Run(_upserting);

    /// <summary>The same, and two steps more that change nothing.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int ThreeSteps() => Run(_threeSteps);

    [GlobalCleanup]
    public void Dispose()
    {
        _threads.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Run(TypedProcessor processor)
    {
        var bytes = 0;
        foreach (var body in _bodies)
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            var payload = new OtlpPayload(Signal, buffer, body.Length, 100) { IsCanonical = true, IsValidated = true };
            using var result = processor.Process(payload);
            bytes += result!.Length;
        }

        return bytes;
    }

    private static void Upsert(ResourceMessage resource)
    {
        ReadOnlySpan<(string, string)> attributes = [("deployment.environment.name", "production"), ("service.namespace", "shop")];
        foreach (var (key, value) in attributes)
        {
            var known = resource.Attributes.FirstOrDefault(attribute => attribute.Key == key);
            if (known is null)
                resource.Attributes.Add(known = new KeyValue { Key = key });
            known.Value = new AnyValue { StringValue = value };
        }
    }

    private TypedSource Step(Action<ResourceMessage> change) => Signal switch
    {
        OtlpSignal.Traces => TypedSource.Of<ResourceSpans>((spans, _) => change(spans.Resource)),
        OtlpSignal.Metrics => TypedSource.Of<ResourceMetrics>((metrics, _) => change(metrics.Resource)),
        _ => TypedSource.Of<ResourceLogs>((logs, _) => change(logs.Resource)),
    };

    private TypedProcessor Processor(params TypedSource[] sources) => new(
        Signal,
        [.. sources.Select(source => new TypedStep(
            "step", source, new TypedProcessorOptions(), new ProcessorLedger("step", Signal), NullLogger.Instance))],
        _threads,
        _pool,
        TimeProvider.System,
        NullLogger.Instance,
        services: null);
}
