using System.Buffers;

namespace Rotel.Memory;

/// <summary>
/// Bytes of unknown length, written into a chain of pooled blocks and read back as segments without joining them. Charged to the budget
/// as overdraft while written; owned by one, who disposes it exactly once.
/// </summary>
internal sealed class PooledSegments : IBufferWriter<byte>, IDisposable
{
    /// <summary>Below the large object heap's threshold of 85,000 bytes.</summary>
    private const int BlockSize = 64 * 1024;

    private readonly BufferPool _pool;
    private readonly List<Segment> _segments = [];

    public PooledSegments(BufferPool pool) => _pool = pool;

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes charged to the budget.</summary>
    public long Charge { get; private set; }

    public int SegmentCount => _segments.Count;

    public ReadOnlyMemory<byte> this[int index] => _segments[index].Written;

    /// <summary>Adds the segments to a list, in order; they stay this one's.</summary>
    public void AddTo(List<ReadOnlyMemory<byte>> segments)
    {
        foreach (var segment in _segments)
            segments.Add(segment.Written);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var last = _segments[^1];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, last.Buffer.Capacity - last.Length);
        last.Length += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_segments.Count == 0 || _segments[^1].Buffer.Capacity - _segments[^1].Length < needed)
            Grow(needed);
        var last = _segments[^1];
        return last.Buffer.Memory[last.Length..];
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = GetSpan();
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Advance(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Joins the segments into <paramref name="destination"/>, which has room for <see cref="Length"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        foreach (var segment in _segments)
        {
            segment.Written.Span.CopyTo(destination);
            destination = destination[segment.Length..];
        }
    }

    /// <summary>
    /// Says that no more will be written: a last block less than half full is copied into one of its own size, so that what waits in a
    /// queue is charged for little more than it holds.
    /// </summary>
    public void Seal()
    {
        if (_segments.Count == 0)
            return;

        var last = _segments[^1];
        if (last.Length == 0)
        {
            _segments.RemoveAt(_segments.Count - 1);
        }
        else if (last.Length < last.Buffer.Capacity / 2)
        {
            var fitting = _pool.RentOverdraft(last.Length);
            last.Buffer.Span[..last.Length].CopyTo(fitting.Span);
            _segments[^1] = new Segment(fitting) { Length = last.Length };
            Charge += fitting.Capacity;
        }
        else
        {
            return;
        }

        Charge -= last.Buffer.Capacity;
        last.Buffer.Dispose();
    }

    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.Buffer.Dispose();
        _segments.Clear();
        Length = 0;
        Charge = 0;
    }

    private void Grow(int needed)
    {
        var buffer = _pool.RentOverdraft(Math.Max(needed, BlockSize));
        Charge += buffer.Capacity;
        _segments.Add(new Segment(buffer));
    }

    private sealed class Segment(PooledBuffer buffer)
    {
        public PooledBuffer Buffer { get; } = buffer;

        public int Length { get; set; }

        public ReadOnlyMemory<byte> Written => Buffer.Memory[..Length];
    }
}
