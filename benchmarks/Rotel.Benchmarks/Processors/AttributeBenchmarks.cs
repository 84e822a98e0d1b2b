using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Attributes;
using Rotel.Processors.Renaming;
using Rotel.Processors.Truncation;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Processors;

/// <summary>
/// Edits of attributes and names of the standard load, copying the body included, beside the bare copy that all of them begin with and an
/// upsert over Google.Protobuf objects.
/// </summary>
public class AttributeBenchmarks
{
    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private readonly byte[][] _bodies = Bodies.Of(OtlpSignal.Traces);
    private IPayloadProcessor _resources = null!;
    private IPayloadProcessor _spans = null!;
    private IPayloadProcessor _truncate = null!;
    private IPayloadProcessor _rename = null!;

    [GlobalSetup]
    public void Setup()
    {
        var resource = new ResourceOptions();
        resource.Actions.Upsert("service.namespace", "shop").Upsert("deployment.environment.name", "staging");
        var spans = new AttributesOptions();
        spans.Actions.Upsert("team", "payments").Delete("user_agent.original");
        var rename = new RenameOptions();
        rename.SpanNamePatterns.Add(new("[{][^}]*[}]", "*"));
        _resources = Create(new ResourceProcessorType(), resource);
        _spans = Create(new AttributesProcessorType(), spans);
        _truncate = Create(new TruncateProcessorType(), new TruncateOptions { MaxValueBytes = 32 });
        _rename = Create(new RenameProcessorType(), rename);
    }

    /// <summary>What every other figure here contains.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int NoProcessor() => Process(null);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int UpsertTwoResourceAttributes() => Process(_resources);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int UpsertAndDeleteOnSpans() => Process(_spans);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Truncate() => Process(_truncate);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int RenameSpans() => Process(_rename);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems, Baseline = true)]
    public int UpsertTwoResourceAttributesOverObjects()
    {
        var length = 0;
        foreach (var body in _bodies)
        {
            var request = ExportTraceServiceRequest.Parser.ParseFrom(body);
            foreach (var resource in request.ResourceSpans)
            {
                Upsert(resource.Resource.Attributes, "service.namespace", "shop");
                Upsert(resource.Resource.Attributes, "deployment.environment.name", "staging");
            }

            length += request.ToByteArray().Length;
        }

        return length;
    }

    private static void Upsert(Google.Protobuf.Collections.RepeatedField<KeyValue> attributes, string key, string value)
    {
        var attribute = attributes.FirstOrDefault(pair => pair.Key == key);
        if (attribute is null)
            attributes.Add(attribute = new KeyValue { Key = key });
        attribute.Value = new AnyValue { StringValue = value };
    }

    private IPayloadProcessor Create(ProcessorType type, ProcessorOptions options) => type.Create(
        options,
        OtlpSignal.Traces,
        new ProcessorSetup("edit", _pool, TimeProvider.System, NullLogger.Instance, new ProcessorLedger("edit", OtlpSignal.Traces)))!;

    private int Process(IPayloadProcessor? processor)
    {
        var length = 0;
        foreach (var body in _bodies)
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            var payload = new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, StandardLoad.ItemsPerRequest) { IsValidated = true, IsCanonical = true };
            using var result = processor is null ? payload : processor.Process(payload)!;
            length += result.Length;
        }

        return length;
    }
}
