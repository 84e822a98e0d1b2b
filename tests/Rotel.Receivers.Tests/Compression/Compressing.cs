using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Rotel.Receivers.Compression;

/// <summary>Bodies in every form that senders may use, by encoders that are not ours.</summary>
internal static class Compressing
{
    /// <summary>The forms, each with the content coding that names it.</summary>
    public static readonly IReadOnlyDictionary<string, string> Forms = new Dictionary<string, string>
    {
        ["gzip"] = "gzip",
        ["zlib"] = "deflate",
        ["raw deflate"] = "deflate",
        ["zstd"] = "zstd",
        ["zstd streamed"] = "zstd",
        ["brotli"] = "br",
        ["lz4"] = "lz4",
        ["lz4 independent blocks"] = "lz4",
        ["lz4 with every checksum"] = "lz4",
        ["lz4 with its length"] = "lz4",
    };

    public static byte[] Compress(string form, byte[] body) => form switch
    {
        "gzip" => Through(body, stream => new GZipStream(stream, CompressionLevel.Fastest)),
        "zlib" => Through(body, stream => new ZLibStream(stream, CompressionLevel.Fastest)),
        "raw deflate" => Through(body, stream => new DeflateStream(stream, CompressionLevel.Fastest)),
        "zstd" => Zstd(body),
        "zstd streamed" => Through(body, stream => new CompressionStream(stream)),
        "brotli" => Through(body, stream => new BrotliStream(stream, CompressionLevel.Fastest)),
        "lz4" => Lz4(body, new LZ4EncoderSettings { ChainBlocks = true, BlockSize = 64 * 1024 }),
        "lz4 independent blocks" => Lz4(body, new LZ4EncoderSettings { ChainBlocks = false, BlockSize = 256 * 1024 }),
        "lz4 with every checksum" => Lz4(
            body, new LZ4EncoderSettings { BlockChecksum = true, ContentChecksum = true, BlockSize = 4 * 1024 * 1024 }),
        "lz4 with its length" => WithLength(Lz4(body, new LZ4EncoderSettings { ContentChecksum = true }), body.Length),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, null),
    };

    /// <summary>A zstd body whose window is larger than a sender may use.</summary>
    public static byte[] ZstdOfLargeWindow(byte[] body) => Through(body, stream =>
    {
        var zstd = new CompressionStream(stream);
        zstd.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 25);
        return zstd;
    });

    private static byte[] Zstd(byte[] body)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(body).ToArray();
    }

    private static byte[] Lz4(byte[] body, LZ4EncoderSettings settings)
    {
        settings.CompressionLevel = LZ4Level.L00_FAST;
        return Through(body, stream => LZ4Stream.Encode(stream, settings, leaveOpen: true));
    }

    /// <summary>The encoder cannot write the length, so it is put into the header here.</summary>
    private static byte[] WithLength(byte[] frame, long length)
    {
        var header = new byte[2 + sizeof(long)];
        frame[4] |= 0x08;
        frame.AsSpan(4, 2).CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(2), length);
        return [.. frame[..4], .. header, (byte)(XxHash32.HashToUInt32(header) >> 8), .. frame[7..]];
    }

    private static byte[] Through(byte[] body, Func<Stream, Stream> encoder)
    {
        using var compressed = new MemoryStream();
        using (var stream = encoder(compressed))
            stream.Write(body);
        return compressed.ToArray();
    }
}
