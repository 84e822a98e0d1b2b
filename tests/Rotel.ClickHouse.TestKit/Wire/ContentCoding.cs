using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using Rotel.ClickHouse.TestKit.Engine;
using ZstdSharp;

namespace Rotel.ClickHouse.TestKit.Wire;

/// <summary>The codings of HTTP bodies: gzip, deflate (zlib), br, zstd and lz4 (the frame format of LZ4, not ClickHouse's).</summary>
internal static class ContentCoding
{
    /// <summary>Undoes the coding of a request.</summary>
    /// <exception cref="ClickHouseEngineException">The coding is unknown, or the bytes are not of it.</exception>
    public static byte[] Decode(string? coding, byte[] body)
    {
        if (string.IsNullOrEmpty(coding))
            return body;
        try
        {
            using var source = new MemoryStream(body);
            using Stream decoder = coding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
                "deflate" => new ZLibStream(source, CompressionMode.Decompress),
                "br" => new BrotliStream(source, CompressionMode.Decompress),
                "zstd" => new DecompressionStream(source),
                "lz4" => LZ4Stream.Decode(source),
                _ => throw new ClickHouseEngineException(48, "NOT_IMPLEMENTED", $"Unknown compression method '{coding}'."),
            };
            using var whole = new MemoryStream();
            decoder.CopyTo(whole);
            return whole.ToArray();
        }
        catch (Exception malformed) when (malformed is IOException or InvalidDataException or ZstdException or InvalidOperationException)
        {
            throw new ClickHouseEngineException(354, "ZLIB_INFLATE_FAILED", $"Cannot read compressed data: {malformed.Message}");
        }
    }

    /// <summary>The first coding of Accept-Encoding that a server knows; null for none.</summary>
    public static string? Choose(string acceptEncoding) =>
        acceptEncoding.Split(',', StringSplitOptions.TrimEntries).Select(entry => entry.Split(';')[0].Trim().ToLowerInvariant())
            .FirstOrDefault(coding => coding is "gzip" or "deflate" or "br" or "zstd" or "lz4");

    /// <summary>Applies a coding that <see cref="Choose"/> gave.</summary>
    public static byte[] Encode(string coding, byte[] body)
    {
        using var packed = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new CompressionStream(packed, leaveOpen: true),
            _ => LZ4Stream.Encode(packed, leaveOpen: true),
        })
        {
            encoder.Write(body);
        }

        return packed.ToArray();
    }
}
