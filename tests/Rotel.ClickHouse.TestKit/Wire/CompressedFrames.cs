using System.Buffers.Binary;
using K4os.Compression.LZ4;
using ZstdSharp;

namespace Rotel.ClickHouse.TestKit.Wire;

/// <summary>
/// ClickHouse's compressed frames, which <c>decompress=1</c> and <c>compress=1</c> speak of: a CityHash128 over the rest, one byte for the
/// method, the size of what follows the checksum and the size once unpacked as four little-endian bytes each, the packed bytes.
/// </summary>
internal static class CompressedFrames
{
    private const int ChecksumSize = 16;
    private const int HeaderSize = 9;
    private const byte Lz4 = 0x82;
    private const byte Zstd = 0x90;
    private const byte Plain = 0x02;

    // What ClickHouse itself refuses to unpack: larger blocks are taken for damage.
    private const int MaxSize = 1 << 30;

    /// <summary>Unpacks frames that follow each other to the end.</summary>
    /// <exception cref="Engine.ClickHouseEngineException">
    /// What ClickHouse says of such bytes: CHECKSUM_DOESNT_MATCH, UNKNOWN_COMPRESSION_METHOD, TOO_LARGE_SIZE_COMPRESSED,
    /// CANNOT_DECOMPRESS, CANNOT_READ_ALL_DATA.
    /// </exception>
    public static byte[] Unpack(ReadOnlySpan<byte> frames)
    {
        using var unpacked = new MemoryStream();
        while (!frames.IsEmpty)
        {
            if (frames.Length < ChecksumSize + HeaderSize)
                throw CutOff(frames.Length, ChecksumSize + HeaderSize);

            var packedSize = BinaryPrimitives.ReadUInt32LittleEndian(frames[(ChecksumSize + 1)..]);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(frames[(ChecksumSize + 5)..]);
            if (packedSize is < HeaderSize or > MaxSize)
                throw Error(180, "TOO_LARGE_SIZE_COMPRESSED", $"Too large size of compressed data: {packedSize}. Corrupted data.");
            if (size > MaxSize)
                throw Error(271, "CANNOT_DECOMPRESS", $"Too large size of decompressed data: {size}. Most likely corrupted data.");
            if (frames.Length - ChecksumSize < packedSize)
                throw CutOff(frames.Length - ChecksumSize, packedSize);

            var frame = frames.Slice(ChecksumSize, (int)packedSize);
            var stored = (BinaryPrimitives.ReadUInt64LittleEndian(frames), BinaryPrimitives.ReadUInt64LittleEndian(frames[8..]));
            if (CityHash128.Of(frame) != stored)
                throw Error(40, "CHECKSUM_DOESNT_MATCH", $"Checksum doesn't match: corrupted data.");

            unpacked.Write(UnpackOne(frame[0], frame[HeaderSize..], (int)size));
            frames = frames[(ChecksumSize + (int)packedSize)..];
        }

        return unpacked.ToArray();
    }

    /// <summary>Packs with LZ4 in frames of at most 1 MiB, as a server does with <c>compress=1</c>.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        const int BlockSize = 1 << 20;
        using var packed = new MemoryStream();
        var frame = new byte[ChecksumSize + HeaderSize + LZ4Codec.MaximumOutputSize(BlockSize)];
        for (var start = 0; start < bytes.Length; start += BlockSize)
        {
            var block = bytes.Slice(start, Math.Min(BlockSize, bytes.Length - start));
            var size = LZ4Codec.Encode(block, frame.AsSpan(ChecksumSize + HeaderSize)) + HeaderSize;
            frame[ChecksumSize] = Lz4;
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(ChecksumSize + 1), (uint)size);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(ChecksumSize + 5), (uint)block.Length);
            var (first, second) = CityHash128.Of(frame.AsSpan(ChecksumSize, size));
            BinaryPrimitives.WriteUInt64LittleEndian(frame, first);
            BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), second);
            packed.Write(frame, 0, ChecksumSize + size);
        }

        return packed.ToArray();
    }

    private static byte[] UnpackOne(byte method, ReadOnlySpan<byte> packed, int size)
    {
        var bytes = new byte[size];
        switch (method)
        {
            case Lz4:
                if (LZ4Codec.Decode(packed, bytes) != size)
                    throw Error(271, "CANNOT_DECOMPRESS", "Cannot decompress LZ4-encoded data.");
                return bytes;
            case Zstd:
                using (var decompressor = new Decompressor())
                {
                    try
                    {
                        if (decompressor.Unwrap(packed, bytes) == size)
                            return bytes;
                    }
                    catch (ZstdException)
                    {
                        // Said below, in ClickHouse's words.
                    }
                }

                throw Error(271, "CANNOT_DECOMPRESS", "Cannot decompress ZSTD-encoded data.");
            case Plain:
                return packed.Length == size
                    ? packed.ToArray()
                    : throw Error(271, "CANNOT_DECOMPRESS", "Wrong size of uncompressed data.");
            default:
                throw Error(89, "UNKNOWN_COMPRESSION_METHOD", $"Unknown codec family code: {method}");
        }
    }

    private static Engine.ClickHouseEngineException CutOff(int read, long expected) =>
        Error(33, "CANNOT_READ_ALL_DATA", $"Cannot read all data. Bytes read: {read}. Bytes expected: {expected}.");

    private static Engine.ClickHouseEngineException Error(int code, string name, string detail) => new(code, name, detail);
}
