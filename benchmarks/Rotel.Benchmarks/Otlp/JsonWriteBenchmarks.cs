using System.Text;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;

namespace Rotel.Benchmarks.Otlp;

/// <summary>A body in wire form into OTLP/JSON: our writer, against bytes into objects into JSON.</summary>
public class JsonWriteBenchmarks
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true));

    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private readonly OtlpJsonWriter _writer = new();
    private byte[][] _bodies = [];
    private MessageParser _parser = null!;

    [Params(OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs)]
    public OtlpSignal Signal { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bodies = Bodies.Of(Signal);
        _parser = ProtobufParsers.Of(Signal);
        if (Write() < _bodies.Sum(body => (long)body.Length))
            throw new InvalidOperationException("The text is shorter than the bytes.");
    }

    /// <summary>Its ids are written as base64, which is wrong and costs the same.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public long Protobuf()
    {
        long bytes = 0;
        foreach (var body in _bodies)
            bytes += Encoding.UTF8.GetBytes(Formatter.Format(_parser.ParseFrom(body.AsSpan()))).Length;
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Write()
    {
        long bytes = 0;
        foreach (var body in _bodies)
        {
            using var text = new PooledSegments(_pool);
            _writer.Write(Signal, body, text);
            bytes += text.Length;
        }

        return bytes;
    }
}
