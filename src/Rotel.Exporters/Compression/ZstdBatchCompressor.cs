using System.Buffers;
using System.Collections.Concurrent;
using Rotel.Memory;
using ZstdSharp;

namespace Rotel.Exporters.Compression;

/// <summary>
/// Zstandard at level 1. A compressor's tables are over half a megabyte, so compressors are kept: as many as batches were ever compressed
/// at once, which the background workers bound.
/// </summary>
internal sealed class ZstdBatchCompressor(BufferPool pool) : BatchCompressor(pool)
{
    private const int Level = 1;

    private readonly ConcurrentBag<Compressor> _idle = [];

    public override string Name => "zstd";

    public override void Restore(PooledSegments segments, Span<byte> wireForm)
    {
        using var decompressor = new Decompressor();
        for (var i = 0; i < segments.SegmentCount; i++)
        {
            var source = segments[i].Span;
            while (!source.IsEmpty)
            {
                var status = decompressor.UnwrapStream(source, wireForm, out var consumed, out var written);
                if (status == OperationStatus.InvalidData || (consumed == 0 && written == 0))
                    throw new InvalidDataException("The compressed batch does not turn back into its wire form.");
                source = source[consumed..];
                wireForm = wireForm[written..];
            }
        }

        if (!wireForm.IsEmpty)
            throw new InvalidDataException("The compressed batch is shorter than its wire form.");
    }

    public override void Dispose()
    {
        while (_idle.TryTake(out var compressor))
            compressor.Dispose();
        base.Dispose();
    }

    protected override void Compress(int count, Func<int, ReadOnlyMemory<byte>> part, long length, PooledSegments segments)
    {
        if (!_idle.TryTake(out var compressor))
            compressor = new Compressor(Level);
        try
        {
            compressor.SetPledgedSrcSize((ulong)length);
            for (var i = 0; i < count; i++)
                Write(compressor, part(i).Span, isLast: i == count - 1, segments);
        }
        catch
        {
            // It stopped within a frame; the next batch must not continue it.
            compressor.Dispose();
            throw;
        }

        _idle.Add(compressor);
    }

    private static void Write(Compressor compressor, ReadOnlySpan<byte> source, bool isLast, PooledSegments segments)
    {
        OperationStatus status;
        do
        {
            status = compressor.WrapStream(source, segments.GetSpan(), out var consumed, out var written, isLast);
            segments.Advance(written);
            source = source[consumed..];
        }
        while (!source.IsEmpty || (isLast && status != OperationStatus.Done));
    }
}
