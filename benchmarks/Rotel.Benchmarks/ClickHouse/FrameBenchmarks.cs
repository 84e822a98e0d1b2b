using BenchmarkDotNet.Attributes;
using K4os.Compression.LZ4;
using Rotel.Batching;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Benchmarks.ClickHouse;

/// <summary>
/// What the compressed frames of a block cost: nanoseconds per KiB before compression, so 1,000 are about 1 GB/s. The bytes are the
/// columns of the standard load of traces.
/// </summary>
public class FrameBenchmarks
{
    private const int Kibibytes = 2048;

    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private readonly byte[] _content = new byte[Kibibytes * 1024];
    private readonly byte[] _compressed = new byte[LZ4Codec.MaximumOutputSize(1024 * 1024)];
    private Lz4Frames _lz4 = null!;
    private ZstdFrames _zstd = null!;

    [GlobalSetup]
    public void Setup()
    {
        FillContent();
        _lz4 = new Lz4Frames(_pool);
        _zstd = new ZstdFrames(_pool);
        var percent = 100.0 / _content.Length;
        Console.WriteLine($"// compressed, % of the content: LZ4 {percent * Lz4():f1}, Zstandard {percent * Zstd():f1}");
        foreach (var kibibytes in new[] { 32, 64, 256, 1024 })
            Console.WriteLine($"// LZ4 in contents of {kibibytes} KiB: {percent * BareLz4(kibibytes):f1}");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _lz4.Dispose();
        _zstd.Dispose();
    }

    /// <summary>The checksum alone; in a frame it goes over the compressed bytes only.</summary>
    [Benchmark(OperationsPerInvoke = Kibibytes)]
    public ulong Hash() => CityHash128.Compute(_content).Low;

    /// <summary>LZ4 alone, in contents of so many KiB.</summary>
    [Benchmark(OperationsPerInvoke = Kibibytes)]
    [Arguments(32)]
    [Arguments(64)]
    [Arguments(256)]
    [Arguments(1024)]
    public int BareLz4(int kibibytes)
    {
        var bytes = 0;
        for (var at = 0; at < _content.Length; at += kibibytes * 1024)
            bytes += LZ4Codec.Encode(_content.AsSpan(at, kibibytes * 1024), _compressed, LZ4Level.L00_FAST);
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Kibibytes)]
    public long Lz4() => Frames(_lz4);

    [Benchmark(OperationsPerInvoke = Kibibytes)]
    public long Zstd() => Frames(_zstd);

    private long Frames(BlockFrames frames)
    {
        using var segments = new PooledSegments(_pool);
        frames.Begin(segments);
        frames.Write(_content);
        frames.End();
        return segments.Length;
    }

    private void FillContent()
    {
        using var batch = new OtlpBatch(OtlpSignal.Traces, Bodies.Count);
        foreach (var body in Bodies.Of(OtlpSignal.Traces))
        {
            var buffer = _pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            batch.Add(new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, Bodies.TotalItems / Bodies.Count) { IsCanonical = true });
        }

        using var encoder = new ClickHouseEncoder(_pool, new ClickHouseEncoding { Compression = ClickHouseCompression.None });
        var room = _content.AsSpan();
        foreach (var block in encoder.Encode(batch).Blocks)
        {
            for (var i = 0; i < block.Body.SegmentCount && !room.IsEmpty; i++)
            {
                var count = Math.Min(room.Length, block.Body[i].Length);
                block.Body[i].Span[..count].CopyTo(room);
                room = room[count..];
            }

            block.Dispose();
        }

        if (!room.IsEmpty)
            throw new InvalidOperationException("The load is shorter than the content.");
    }
}
