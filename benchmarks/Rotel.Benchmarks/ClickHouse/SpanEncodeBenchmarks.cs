using BenchmarkDotNet.Attributes;
using Rotel.Batching;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Benchmarks.ClickHouse;

/// <summary>A batch of spans into the bytes of an insert: columns in the Native format, against rows in RowBinary.</summary>
public class SpanEncodeBenchmarks
{
    private readonly BufferPool _pool = new(new ByteBudget(512 * 1024 * 1024));
    private readonly PooledBytes _row;
    private OtlpBatch _batch = null!;
    private ClickHouseEncoder _encoder = null!;
    private BlockFrames _frames = null!;

    public SpanEncodeBenchmarks() => _row = new PooledBytes(_pool);

    [Params(ClickHouseCompression.None, ClickHouseCompression.Lz4, ClickHouseCompression.Zstd)]
    public ClickHouseCompression Compression { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _batch = new OtlpBatch(OtlpSignal.Traces, Bodies.Count);
        foreach (var body in Bodies.Of(OtlpSignal.Traces))
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            _batch.Add(new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, Bodies.TotalItems / Bodies.Count) { IsCanonical = true });
        }

        _encoder = new ClickHouseEncoder(_pool, new ClickHouseEncoding { Compression = Compression });
        _frames = Compression switch
        {
            ClickHouseCompression.Lz4 => new Lz4Frames(_pool),
            ClickHouseCompression.Zstd => new ZstdFrames(_pool),
            _ => new BareFrames(),
        };
        Console.WriteLine($"// bytes per span: Native {(double)Native() / Bodies.TotalItems:f1}, RowBinary {(double)RowBinary() / Bodies.TotalItems:f1}");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Bodies.TotalItems)]
    public long RowBinary()
    {
        using var segments = new PooledSegments(_pool);
        _frames.Begin(segments);
        foreach (var payload in _batch.Payloads)
            RowBinarySpans.Write(payload.Body.Span, _row, _frames);
        _frames.End();
        return segments.Length;
    }

    [Benchmark(OperationsPerInvoke = Bodies.TotalItems)]
    public long Native()
    {
        long bytes = 0;
        foreach (var block in _encoder.Encode(_batch).Blocks)
        {
            bytes += block.Body.Length;
            block.Dispose();
        }

        return bytes;
    }
}
