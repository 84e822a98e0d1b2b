using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Rotel.Batching;
using Rotel.Exporters.Datadog;
using Rotel.Otlp;

namespace Rotel.Benchmarks.Datadog;

/// <summary>
/// A batch of data points or log records into the bodies of requests to Datadog. A third of the points are cumulative histograms and a third
/// cumulative sums, whose values go up and down, so that every second one is a reset.
/// </summary>
public class SignalEncodeBenchmarks
{
    /// <summary>Further apart than the times of a batch.</summary>
    private const ulong Step = 60_000_000_000;

    private EncodingExporter _exporter = null!;
    private OtlpBatch _batch = null!;
    private (OtlpPayload Payload, int[] Places)[] _times = null!;

    [Params(OtlpSignal.Metrics, OtlpSignal.Logs)]
    public OtlpSignal Signal { get; set; }

    [Params(DatadogCompression.None, DatadogCompression.Gzip, DatadogCompression.Zstd)]
    public DatadogCompression Compression { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _exporter = new EncodingExporter(new DatadogExporterOptions { Compression = Compression });
        _batch = _exporter.Batch(Signal);
        _times = Signal == OtlpSignal.Metrics ? [.. _batch.Payloads.Select(payload => (payload, TimesIn(payload.Body.Span)))] : [];
        Encode();
        Console.WriteLine($"// bytes per item: {(double)Encode() / Bodies.TotalItems:f1}");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _batch.Dispose();
        _exporter.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Encode()
    {
        Advance();
        return _exporter.Encode(_batch);
    }

    /// <summary>Where a point's own time is: the tag of the field, and a time that is past the start all series have in common.</summary>
    private static int[] TimesIn(ReadOnlySpan<byte> body)
    {
        const byte tag = (3 << 3) | 1;
        const ulong start = 1_780_000_000_000_000_001;
        const ulong end = start + Step;
        var places = new List<int>();
        for (var at = 0; at + sizeof(ulong) < body.Length; at++)
        {
            if (body[at] == tag && BinaryPrimitives.ReadUInt64LittleEndian(body[(at + 1)..]) is > start and < end)
                places.Add(at + 1);
        }

        return [.. places];
    }

    /// <summary>Points that are no later than those before would be left out. Costs some nanoseconds per point.</summary>
    private void Advance()
    {
        foreach (var (payload, places) in _times)
        {
            var body = System.Runtime.InteropServices.MemoryMarshal.AsMemory(payload.Body).Span;
            foreach (var place in places)
            {
                var time = body.Slice(place, sizeof(ulong));
                BinaryPrimitives.WriteUInt64LittleEndian(time, BinaryPrimitives.ReadUInt64LittleEndian(time) + Step);
            }
        }
    }
}
