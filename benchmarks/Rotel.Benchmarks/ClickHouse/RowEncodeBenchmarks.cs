using BenchmarkDotNet.Attributes;
using Rotel.Batching;
using Rotel.Exporters.ClickHouse;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Benchmarks.ClickHouse;

/// <summary>A batch of any signal into the blocks of an insert, with attributes as maps and as JSON.</summary>
public class RowEncodeBenchmarks
{
    private readonly BufferPool _pool = new(new ByteBudget(512 * 1024 * 1024));
    private OtlpBatch _batch = null!;
    private ClickHouseEncoder _encoder = null!;

    [Params(OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs)]
    public OtlpSignal Signal { get; set; }

    [Params(false, true)]
    public bool AttributesAreJson { get; set; }

    [Params(ClickHouseCompression.None, ClickHouseCompression.Lz4)]
    public ClickHouseCompression Compression { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _batch = new OtlpBatch(Signal, Bodies.Count);
        foreach (var body in Bodies.Of(Signal))
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            _batch.Add(new OtlpPayload(Signal, buffer, body.Length, Bodies.TotalItems / Bodies.Count) { IsCanonical = true });
        }

        _encoder = new ClickHouseEncoder(
            _pool, new ClickHouseEncoding { Compression = Compression, AttributesAreJson = AttributesAreJson });
        Console.WriteLine($"// bytes per item: {(double)Encode() / Bodies.TotalItems:f1}");
    }

    [GlobalCleanup]
    public void Cleanup() => _encoder.Dispose();

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Encode()
    {
        long bytes = 0;
        foreach (var block in _encoder.Encode(_batch).Blocks)
        {
            bytes += block.Body.Length + block.Optional.Sum(column => column.Body.Length);
            block.Dispose();
        }

        return bytes;
    }
}
