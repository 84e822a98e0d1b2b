using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Otlp;

/// <summary>
/// A body of 6400 spans of one resource and scope cut into bodies of at most <see cref="PieceItems"/>: between items in wire form, against
/// decoding,
/// dealing the spans out and encoding each piece.
/// </summary>
public class SplitBenchmarks
{
    private byte[] _body = [];
    private byte[] _piece = [];

    [Params(512, 3200)]
    public int PieceItems { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _body = new StandardLoad().Encode(OtlpSignal.Traces, Bodies.TotalItems);
        _piece = new byte[_body.Length];
        if (Wire() != Protobuf())
            throw new InvalidOperationException("The two ways do not give pieces of the same length.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public long Protobuf()
    {
        var resource = ExportTraceServiceRequest.Parser.ParseFrom(_body.AsSpan()).ResourceSpans[0];
        var scope = resource.ScopeSpans[0];
        long bytes = 0;
        for (var first = 0; first < scope.Spans.Count; first += PieceItems)
        {
            var part = new ScopeSpans { Scope = scope.Scope, SchemaUrl = scope.SchemaUrl };
            for (var i = first; i < Math.Min(first + PieceItems, scope.Spans.Count); i++)
                part.Spans.Add(scope.Spans[i]);
            var piece = new ExportTraceServiceRequest
            {
                ResourceSpans = { new ResourceSpans { Resource = resource.Resource, SchemaUrl = resource.SchemaUrl, ScopeSpans = { part } } },
            };

            var length = piece.CalculateSize();
            piece.WriteTo(_piece.AsSpan(0, length));
            bytes += length;
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Wire()
    {
        using var splitter = new OtlpSplitter(OtlpSignal.Traces, _body);
        long bytes = 0;
        while (splitter.MoveNext(PieceItems))
        {
            splitter.Write(_piece);
            bytes += splitter.PieceBytes;
        }

        return bytes;
    }
}
