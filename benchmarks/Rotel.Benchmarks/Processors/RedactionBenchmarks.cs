using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Redaction;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Processors;

/// <summary>
/// Three patterns (card numbers, e-mail addresses, keys of a cloud) over every attribute of the standard load, which they do not match: as
/// it is, where most values come again and again; with three values of each span that never do; and with one masked in each span. Beside
/// it the same over Google.Protobuf objects.
/// </summary>
public class RedactionBenchmarks
{
    private static readonly string[] Patterns =
        [@"\b(?:\d[ -]?){12,15}\d\b", @"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", @"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"];

    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private readonly Regex[] _regexes =
        [.. Patterns.Select(pattern => new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))];

    private readonly byte[][] _standard = Bodies.Of(OtlpSignal.Traces);
    private byte[][] _unique = [];
    private byte[][] _masked = [];
    private IPayloadProcessor _processor = null!;

    [GlobalSetup]
    public void Setup()
    {
        var options = new RedactionOptions { AllowAllKeys = true };
        foreach (var pattern in Patterns)
            options.BlockedValues.Add(pattern);
        var setup = new ProcessorSetup(
            "cards", _pool, TimeProvider.System, NullLogger.Instance, new ProcessorLedger("cards", OtlpSignal.Traces));
        _processor = new RedactionProcessorType().Create(options, OtlpSignal.Traces, setup)!;
        var random = new Random(1);
        _unique = With(span => Rewrite(span, random));
        _masked = With(span => span.Attributes.Add(Text("payment.card", "4111 1111 1111 1111")));
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Standard() => Process(_standard);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int ThreeValuesThatNeverRepeat() => Process(_unique);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int OneMaskedValue() => Process(_masked);

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems, Baseline = true)]
    public int StandardOverObjects()
    {
        var length = 0;
        foreach (var body in _standard)
        {
            var request = ExportTraceServiceRequest.Parser.ParseFrom(body);
            foreach (var resource in request.ResourceSpans)
            {
                Redact(resource.Resource.Attributes);
                foreach (var scope in resource.ScopeSpans)
                {
                    foreach (var span in scope.Spans)
                        Redact(span.Attributes);
                }
            }

            length += request.ToByteArray().Length;
        }

        return length;
    }

    private void Redact(IEnumerable<KeyValue> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Value.HasStringValue && _regexes.Any(regex => regex.IsMatch(attribute.Value.StringValue)))
                attribute.Value.StringValue = "[REDACTED]";
        }
    }

    private int Process(byte[][] bodies)
    {
        var length = 0;
        foreach (var body in bodies)
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            var payload = new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, StandardLoad.ItemsPerRequest)
            {
                IsValidated = true,
                IsCanonical = true,
            };
            using var result = _processor.Process(payload)!;
            length += result.Length;
        }

        return length;
    }

    private byte[][] With(Action<Span> change) =>
    [
        .. _standard.Select(body =>
        {
            var request = ExportTraceServiceRequest.Parser.ParseFrom(body);
            foreach (var span in request.ResourceSpans[0].ScopeSpans[0].Spans)
                change(span);
            return request.ToByteArray();
        }),
    ];

    /// <summary>A path, an address and a request id as they are where no template makes them few.</summary>
    private static void Rewrite(Span span, Random random)
    {
        foreach (var attribute in span.Attributes)
        {
            if (attribute.Key == "url.path")
                attribute.Value.StringValue += $"/{random.NextInt64():x}/{random.NextInt64():x}";
            else if (attribute.Key == "client.address")
                attribute.Value.StringValue = $"{random.Next(256)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}";
        }

        span.Attributes.Add(Text("http.request.id", Guid.NewGuid().ToString()));
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };
}
