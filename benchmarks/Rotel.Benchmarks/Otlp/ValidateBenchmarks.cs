using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Rotel.Otlp;

namespace Rotel.Benchmarks.Otlp;

/// <summary>What a body costs at the door: one validating pass, against decoding it into objects.</summary>
public class ValidateBenchmarks
{
    private byte[][] _bodies = [];
    private MessageParser _parser = null!;

    [Params(OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs)]
    public OtlpSignal Signal { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _bodies = Bodies.Of(Signal);
        _parser = ProtobufParsers.Of(Signal);
        if (Untrusted() != Bodies.TotalItems || InProcess() != Bodies.TotalItems)
            throw new InvalidOperationException("The validator does not count the items that are there.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public int ProtobufParse()
    {
        var bytes = 0;
        foreach (var body in _bodies)
        {
            _parser.ParseFrom(body.AsSpan());
            bytes += body.Length;
        }

        return bytes;
    }

    /// <summary>Bodies from the network: everything is checked.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int Untrusted() => Validate(OtlpLimits.Untrusted);

    /// <summary>Bodies from our own process's SDK: the envelopes only.</summary>
    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public int InProcess() => Validate(OtlpLimits.InProcess);

    private int Validate(OtlpLimits limits)
    {
        var items = 0;
        foreach (var body in _bodies)
        {
            var validation = OtlpValidator.Validate(Signal, body, limits);
            if (validation.Fault == OtlpFault.None)
                items += validation.ItemCount;
        }

        return items;
    }
}
