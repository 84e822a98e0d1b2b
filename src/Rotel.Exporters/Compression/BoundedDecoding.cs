using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Rotel.Exporters.Compression;

/// <summary>Decompresses what a destination answered; short, and never more than asked for.</summary>
internal static class BoundedDecoding
{
    /// <summary>8 MiB, which RFC 8878 asks of every decoder: memory that is taken before anything is decoded.</summary>
    private const int MaxZstdWindowLog = 23;

    /// <summary>
    /// The first <paramref name="maxBytes"/> of the content, or nothing when the coding is unknown or the bytes are not in it: an answer's
    /// body never decides whether a request succeeded.
    /// </summary>
    public static ReadOnlyMemory<byte> Decode(string coding, ReadOnlyMemory<byte> body, int maxBytes)
    {
        try
        {
            using var source = new MemoryStream(body.ToArray(), writable: false);
            using Stream? decoder = coding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
                "deflate" => new ZLibStream(source, CompressionMode.Decompress),
                "zstd" => Zstd(source),
                _ => null,
            };
            if (decoder is null)
                return default;

            var content = new byte[maxBytes];
            return content.AsMemory(0, decoder.ReadAtLeast(content, maxBytes, throwOnEndOfStream: false));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ZstdException)
        {
            return default;
        }
    }

    private static DecompressionStream Zstd(Stream source)
    {
        var stream = new DecompressionStream(source);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxZstdWindowLog);
        return stream;
    }
}
