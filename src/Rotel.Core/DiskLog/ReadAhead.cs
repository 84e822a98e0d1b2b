using System.Buffers;

namespace Rotel.DiskLog;

/// <summary>A file read through a buffer that is filled ahead. One thread at a time.</summary>
internal sealed class ReadAhead(IFile file) : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>From so much on bytes are read right to where they belong.</summary>
    private const int DirectBytes = 32 * 1024;

    private byte[] _buffer = [];
    private long _from;
    private int _count;
    private bool _failed;

    /// <summary>Nothing from here on is read, and what was read below does not change.</summary>
    public long Limit { get; set; }

    /// <summary>Where what is buffered ends: where the file does, after <see cref="CursorState.End"/>.</summary>
    public long End => _from + _count;

    /// <summary>So many bytes in one piece, valid until the next call; <see cref="CursorState.End"/> where there are not so many.</summary>
    public CursorState TryGet(long at, int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (at < _from || at + count > End)
        {
            if (_buffer.Length == 0)
                _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            var ahead = (int)Math.Clamp(Limit - at, 0, BufferBytes);
            _from = at;
            _count = Read(_buffer.AsSpan(0, ahead), at);

            // Somewhere ahead is a place that cannot be read; it need not be this one.
            if (_count < count && _failed && ahead > count)
                _count = Read(_buffer.AsSpan(0, count), at);
            if (_count < count)
                return _failed ? CursorState.Failed : CursorState.End;
        }

        bytes = _buffer.AsSpan((int)(at - _from), count);
        return CursorState.Record;
    }

    /// <param name="target">Filled.</param>
    /// <param name="at">Where from.</param>
    /// <param name="wanted">How much will be asked for from there, this included.</param>
    public CursorState TryCopy(Span<byte> target, long at, int wanted)
    {
        while (!target.IsEmpty)
        {
            if (at < _from || at >= End)
            {
                if (wanted >= DirectBytes)
                    return Read(target, at) == target.Length ? CursorState.Record : _failed ? CursorState.Failed : CursorState.End;
                if (TryGet(at, 1, out _) is var state and not CursorState.Record)
                    return state;
            }

            var offset = (int)(at - _from);
            var count = Math.Min(target.Length, _count - offset);
            _buffer.AsSpan(offset, count).CopyTo(target);
            target = target[count..];
            at += count;
            wanted -= count;
        }

        return CursorState.Record;
    }

    public bool CanRead(long at)
    {
        Span<byte> probe = stackalloc byte[1];
        return at < Limit && Read(probe, at) == probe.Length;
    }

    /// <summary>Gives the buffer back until it is needed again.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _count = 0;
    }

    public void Dispose()
    {
        Release();
        file.Dispose();
    }

    private int Read(Span<byte> target, long at)
    {
        var read = 0;
        _failed = false;
        try
        {
            while (read < target.Length)
            {
                var count = file.Read(target[read..], at + read);
                if (count <= 0)
                    break;
                read += count;
            }
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            _failed = true;
        }

        return read;
    }
}
