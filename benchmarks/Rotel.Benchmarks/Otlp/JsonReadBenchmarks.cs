using System.Text;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks.Otlp;

/// <summary>
/// An OTLP/JSON body into wire form: our reader, alone and with the validation that follows it, against JSON into objects into bytes.
/// </summary>
public class JsonReadBenchmarks
{
    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private byte[][] _texts = [];
    private MessageDescriptor _descriptor = null!;

    [Params(OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs)]
    public OtlpSignal Signal { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _texts = JsonBodies.Of(Signal);
        _descriptor = OtlpItems.Descriptor(Signal);
        if (Validated() != Bodies.TotalItems)
            throw new InvalidOperationException("The items read are not those that are there.");
    }

    /// <summary>Its ids are read as base64, which is wrong and costs the same.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public int Protobuf()
    {
        var bytes = 0;
        foreach (var text in _texts)
            bytes += JsonParser.Default.Parse(Encoding.UTF8.GetString(text), _descriptor).ToByteArray().Length;
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Read()
    {
        var bytes = 0;
        foreach (var text in _texts)
        {
            var reading = OtlpJsonReader.Read(Signal, text, _pool, int.MaxValue, OtlpLimits.Untrusted);
            bytes += reading.Length;
            reading.Buffer?.Dispose();
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Validated()
    {
        var items = 0;
        foreach (var text in _texts)
        {
            var reading = OtlpJsonReader.Read(Signal, text, _pool, int.MaxValue, OtlpLimits.Untrusted);
            if (reading.Buffer is not { } buffer)
                continue;
            items += OtlpValidator.Validate(Signal, buffer.Span[..reading.Length], OtlpLimits.Untrusted).ItemCount;
            buffer.Dispose();
        }

        return items;
    }
}
