using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Filtering;
using Rotel.Processors.Typed;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Processors;

/// <summary>
/// Filters over the standard load, from those that no span meets to one that drops an eighth of them, beside a typed processor that drops
/// the same eighth. Each figure includes the copy of the body into a payload, which <see cref="CopyAlone"/> is the cost of.
/// </summary>
public class FilterBenchmarks : IDisposable
{
    private const string Prefix = "GET /v1/carts/";
    private const string Code = "http.response.status_code";

    private readonly BufferPool _pool = new(new ByteBudget(1024 * 1024 * 1024));
    private readonly byte[][] _bodies = Bodies.Of(OtlpSignal.Traces);
    private readonly TypedThreads _threads = new(1);
    private IPayloadProcessor _services = null!;
    private IPayloadProcessor _names = null!;
    private IPayloadProcessor _attributes = null!;
    private IPayloadProcessor _patterns = null!;
    private IPayloadProcessor _eighth = null!;
    private TypedProcessor _typed = null!;

    [GlobalSetup]
    public void Setup()
    {
        _services = Filter(options => options.DropServices.Add("shadow"));
        _names = Filter(options => options.Drop(Spans.Name.StartsWith("GET /health")));
        _attributes = Filter(options => options.Drop(Spans.Attribute(Code).IsAtLeast(600) | Spans.Attribute("url.scheme").Is("http")));
        _patterns = Filter(options => options.DropSpanNames.Add("^(GET|HEAD) /health(z|/live|/ready)?$"));
        _eighth = Filter(options => options.Drop(Spans.Name.StartsWith(Prefix) & Spans.Attribute(Code).IsBelow(400)));
        _typed = new TypedProcessor(
            OtlpSignal.Traces,
            [
                new TypedStep(
                    "filter", TypedSource.Of<ResourceSpans>((spans, _) => Drop(spans)), new TypedProcessorOptions(),
                    new ProcessorLedger("filter", OtlpSignal.Traces), NullLogger.Instance),
            ],
            _threads, _pool, TimeProvider.System, NullLogger.Instance, services: null);
        if (AnEighthOfTheSpans() != AnEighthTyped() || AnEighthOfTheSpans() == CopyAlone())
            throw new InvalidOperationException("The two ways do not drop the same spans.");
    }

    /// <summary>No filter.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int CopyAlone() => Process(null);

    /// <summary>A service that is another one: asked once per resource.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int AnotherService() => Process(_services);

    /// <summary>The beginning of the name, which no span has.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int OtherNames() => Process(_names);

    /// <summary>Two attributes, both searched for in every span, and other values.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int TwoAttributes() => Process(_attributes);

    /// <summary>A regular expression over the name, which none matches.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int APattern() => Process(_patterns);

    /// <summary>Name and attribute; an eighth of the spans goes, the rest is copied.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int AnEighthOfTheSpans() => Process(_eighth);

    /// <summary>The same by a typed processor.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems, Baseline = true)]
    public int AnEighthTyped() => Process(_typed);

    [GlobalCleanup]
    public void Dispose()
    {
        _threads.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void Drop(ResourceSpans resource)
    {
        foreach (var scope in resource.ScopeSpans)
        {
            for (var i = scope.Spans.Count - 1; i >= 0; i--)
            {
                var span = scope.Spans[i];
                if (span.Name.StartsWith(Prefix, StringComparison.Ordinal)
                    && span.Attributes.FirstOrDefault(attribute => attribute.Key == Code)?.Value.IntValue < 400)
                {
                    scope.Spans.RemoveAt(i);
                }
            }
        }
    }

    private IPayloadProcessor Filter(Action<FilterOptions> configure)
    {
        var options = new FilterOptions();
        configure(options);
        var setup = new ProcessorSetup(
            "filter", _pool, TimeProvider.System, NullLogger.Instance, new ProcessorLedger("filter", OtlpSignal.Traces));
        return new FilterProcessorType().Create(options, OtlpSignal.Traces, setup)!;
    }

    private int Process(IPayloadProcessor? processor)
    {
        var bytes = 0;
        foreach (var body in _bodies)
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            var payload = new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, StandardLoad.ItemsPerRequest)
            {
                IsCanonical = true,
                IsValidated = true,
            };
            using var result = processor is null ? payload : processor.Process(payload);
            bytes += result!.Length;
        }

        return bytes;
    }
}
