using System.Buffers.Binary;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// Frames of a checksum over the rest (16 bytes), the method (1), the length of the frame without its checksum (4), the length of its
/// content (4), and the content compressed on its own.
/// </summary>
internal abstract class CompressedFrames : BlockFrames
{
    /// <summary>
    /// Content of a frame at most. More is hardly smaller, for LZ4 looks back 64 KiB; and content and frame still fit into a core's cache.
    /// </summary>
    public const int MaxContent = 256 * 1024;

    /// <summary>Pieces from this length on are compressed from where they lie.</summary>
    private const int LargePiece = 32 * 1024;

    private const int PrefixLength = CityHash128.Length + HeaderLength;

    /// <summary>Method and the two lengths.</summary>
    private const int HeaderLength = 9;

    private readonly BufferPool _pool;
    private readonly PooledBytes _gathered;
    private PooledBuffer? _frame;

    protected CompressedFrames(BufferPool pool)
    {
        _pool = pool;
        _gathered = new PooledBytes(pool);
    }

    public override NativeHeader Header => UncompressedHeader.Instance;

    /// <summary>The method's byte in a frame.</summary>
    protected abstract byte Method { get; }

    public override void Release()
    {
        _gathered.Release();
        _frame?.Dispose();
        _frame = null;
    }

    protected abstract int MaxCompressedLength(int length);

    /// <summary>Compresses into room for <see cref="MaxCompressedLength"/> bytes and returns how many it took.</summary>
    protected abstract int Compress(ReadOnlySpan<byte> content, Span<byte> destination);

    protected override void Restart() => _gathered.Clear();

    protected override void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= LargePiece)
        {
            Complete();
            for (; bytes.Length > MaxContent; bytes = bytes[MaxContent..])
                WriteFrame(bytes[..MaxContent]);
            WriteFrame(bytes);
            return;
        }

        var room = MaxContent - _gathered.Length;
        if (bytes.Length > room)
        {
            _gathered.Write(bytes[..room]);
            Complete();
            bytes = bytes[room..];
        }

        _gathered.Write(bytes);
    }

    protected override void Complete()
    {
        if (_gathered.IsEmpty)
            return;
        WriteFrame(_gathered.Span);
        _gathered.Clear();
    }

    /// <summary>
    /// By way of a buffer of its own, for a frame needs room for the worst case and mostly fills a small part of it: straight into the
    /// destination, every block of that would stay three quarters empty, and charged to the budget.
    /// </summary>
    private void WriteFrame(ReadOnlySpan<byte> content)
    {
        _frame ??= _pool.RentOverdraft(PrefixLength + MaxCompressedLength(MaxContent));
        var frame = _frame.Span;
        var length = PrefixLength + Compress(content, frame[PrefixLength..]);
        WritePrefix(frame[..length], Method, content.Length);
        Destination.Write(frame[..length]);
    }

    /// <summary>Puts the first 25 bytes before a content that is already in its place.</summary>
    private static void WritePrefix(Span<byte> frame, byte method, int contentLength)
    {
        var hashed = frame[CityHash128.Length..];
        hashed[0] = method;
        BinaryPrimitives.WriteInt32LittleEndian(hashed[1..], hashed.Length);
        BinaryPrimitives.WriteInt32LittleEndian(hashed[5..], contentLength);
        CityHash128.Write(hashed, frame);
    }

    /// <summary>A frame whose method is none: a few bytes would only grow.</summary>
    private sealed class UncompressedHeader : NativeHeader
    {
        public static readonly UncompressedHeader Instance = new();

        private const byte None = 0x02;

        public override ReadOnlyMemory<byte> Write(int columns, int rows)
        {
            var frame = new byte[PrefixLength + MaxLength];
            var length = Write(frame.AsSpan(PrefixLength), columns, rows);
            WritePrefix(frame.AsSpan(0, PrefixLength + length), None, length);
            return frame.AsMemory(0, PrefixLength + length);
        }
    }
}
