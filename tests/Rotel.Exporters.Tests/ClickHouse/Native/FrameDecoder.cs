using System.Buffers.Binary;
using K4os.Compression.LZ4;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;
using ZstdSharp;

namespace Rotel.Exporters.Tests.ClickHouse.Native;

/// <summary>Reads ClickHouse's compressed frames as the server does: checks every checksum and length.</summary>
internal static class FrameDecoder
{
    public static byte[] Joined(PooledSegments segments)
    {
        var bytes = new byte[segments.Length];
        segments.CopyTo(bytes);
        return bytes;
    }

    /// <summary>The content of each frame.</summary>
    public static List<byte[]> Decode(ReadOnlySpan<byte> frames)
    {
        var contents = new List<byte[]>();
        Span<byte> hash = stackalloc byte[16];
        while (!frames.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(frames[17..]);
            CityHash128.Write(frames.Slice(16, length), hash);
            Assert.Equal(hash, frames[..16]);
            var content = new byte[BinaryPrimitives.ReadInt32LittleEndian(frames[21..])];
            Assert.InRange(content.Length, 1, 1024 * 1024);
            Assert.Equal(content.Length, Decompress(frames[16], frames[25..(16 + length)], content));
            contents.Add(content);
            frames = frames[(16 + length)..];
        }

        return contents;
    }

    private static int Decompress(byte method, ReadOnlySpan<byte> source, Span<byte> content)
    {
        switch (method)
        {
            case 0x02:
                source.CopyTo(content);
                return source.Length;
            case 0x82:
                return LZ4Codec.Decode(source, content);
            case 0x90:
                using (var decompressor = new Decompressor())
                    return decompressor.Unwrap(source, content);
            default:
                throw new InvalidDataException($"No compression method is {method}.");
        }
    }
}
