using System.IO.Compression;
using ZstdSharp;

namespace Rotel.EndToEnd.Hostile;

/// <summary>Small bodies that unpack to zeros without end.</summary>
internal static class CompressionBombs
{
    /// <param name="encodings">As in <c>Content-Encoding</c>, in the order they are applied.</param>
    /// <param name="unpackedMiB">What the innermost unpacks to.</param>
    public static byte[] Of(string encodings, int unpackedMiB)
    {
        var names = encodings.Split(',', StringSplitOptions.TrimEntries);
        var packed = Pack(names[0], Enumerable.Repeat(new byte[1 << 20], unpackedMiB));
        foreach (var name in names.Skip(1))
            packed = Pack(name, [packed]);
        return packed;
    }

    private static byte[] Pack(string encoding, IEnumerable<byte[]> blocks)
    {
        using var output = new MemoryStream();
        using (var packing = Open(encoding, output))
        {
            foreach (var block in blocks)
                packing.Write(block);
        }

        return output.ToArray();
    }

    private static Stream Open(string encoding, Stream output) => encoding switch
    {
        "gzip" => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true),
        "deflate" => new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true),
        "br" => new BrotliStream(output, CompressionLevel.Optimal, leaveOpen: true),
        "zstd" => new CompressionStream(output, level: 3, leaveOpen: true),
        _ => throw new ArgumentException($"No bomb of {encoding}.", nameof(encoding)),
    };
}
