using System.Buffers.Binary;
using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using Rotel.Otlp;
using Rotel.Receivers.Compression;
using Rotel.TestKit.Fuzzing;
using Rotel.TestKit.Telemetry;
using ZstdSharp;

namespace Rotel.Receivers.Fuzzing;

/// <summary>The decompressors on any bytes. A case is a byte that names the coding and how room grows, then the compressed body.</summary>
/// <remarks>
/// The laws: nothing throws; what comes out is no longer than the limit or refused; nothing is written beside the room that was given, and
/// nothing read beside the body; how room grows makes no difference; and what is accepted is what another decompressor of the same format
/// makes of the body.
/// </remarks>
internal sealed class DecompressionFuzz : FuzzTarget
{
    private const int Limit = 128 * 1024;
    private const int Margin = 64;
    private const byte Canary = 0xA5;

    private static readonly ContentCoding[] Codings =
        [ContentCoding.Gzip, ContentCoding.Deflate, ContentCoding.Zstd, ContentCoding.Brotli, ContentCoding.Lz4];

    private readonly byte[] _output = new byte[Limit + (2 * Margin) + 1024];

    public override string Name => "decompression";

    public override IEnumerable<byte[]> Seeds(int seed)
    {
        var noise = new byte[700];
        new Random(seed).NextBytes(noise);
        byte[][] bodies =
        [
            [], [7], noise, new StandardLoad(seed % 1000).Encode(OtlpSignal.Traces, 3), new StandardLoad(seed % 1000).Encode(OtlpSignal.Logs, 40),
            new byte[Limit], new byte[Limit + 1], new byte[20 * Limit], [.. noise, .. noise, .. noise],
        ];
        foreach (var (form, name) in Compressing.Forms)
        {
            foreach (var body in bodies)
            {
                for (var growth = 0; growth < 3; growth++)
                    yield return [(byte)((Coding(name) - ContentCoding.Gzip) | (growth << 4)), .. Compressing.Compress(form, body)];
            }
        }

        // Headers with all that they may hold, and frames that hold nothing.
        byte[] gzip = Compressing.Compress("gzip", noise);
        yield return [0, .. gzip[..3], 0x1E, .. gzip[4..10], 3, 0, 1, 2, 3, .. "name\0comment\0"u8, 0, 0, .. gzip[10..]];
        yield return [2, 0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. Compressing.Compress("zstd", noise)];
        yield return [2, .. Compressing.ZstdOfLargeWindow(bodies[3])];
        yield return [4, 0x5F, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. Compressing.Compress("lz4", noise)];
    }

    public override byte[] Mutate(Random random, byte[] known, byte[] other)
    {
        // What is cut off may leave only the first byte, which always stays.
        var variant = random.Next(12) == 0 || known.Length == 0 ? (byte)random.Next(256) : known[0];
        var bytes = Body(known).ToArray().ToList();
        switch (random.Next(6))
        {
            case 0:
                bytes.AddRange(Body(other));
                break;
            case 1:
                ByteMutator.Change(random, bytes, Body(other), spread: 24);
                break;
            case 2:
                bytes.InsertRange(random.Next(bytes.Count + 1), Body(other)[..random.Next(Body(other).Length + 1)]);
                break;
            case 3:
                ByteMutator.Change(random, bytes, Body(other), spread: 80);
                break;
            default:
                ByteMutator.Change(random, bytes, Body(other));
                break;
        }

        return bytes.Count > 16 * 1024 ? [variant, .. bytes.Take(16 * 1024)] : [variant, .. bytes];
    }

    public override string Check(byte[] body)
    {
        if (body.Length == 0)
            return "";
        var coding = Codings[body[0] % 16 % Codings.Length];
        var step = (body[0] >> 4 & 3) switch { 0 => Limit + 1, 1 => 1_000, 2 => 10_007, _ => 77 };
        var first = Decompress(coding, Surrounded(Body(body), 0xFF), Body(body).Length, step, out var verdict);
        var second = Decompress(coding, Surrounded(Body(body), 0), Body(body).Length, Limit + 1, out var otherVerdict);
        Law(verdict == otherVerdict, "How room grows, and what lies behind the body, makes no difference to the verdict.");
        if (first is null || second is null)
            return $"{coding} {verdict}";
        Law(first.AsSpan().SequenceEqual(second), "How room grows, and what lies behind the body, makes no difference to the content.");
        Law(first.Length <= Limit, "The content is no longer than it may be.");
        Law(first.AsSpan().SequenceEqual(Reference(coding, Body(body).ToArray())), "The content is what another decompressor makes of the body.");
        return $"{coding} {32 - int.LeadingZeroCount(first.Length)} {32 - int.LeadingZeroCount(body.Length)}";
    }

    private static ReadOnlySpan<byte> Body(byte[] known) => known.AsSpan(Math.Min(1, known.Length));

    private static ContentCoding Coding(string name) => name switch
    {
        "gzip" => ContentCoding.Gzip,
        "deflate" => ContentCoding.Deflate,
        "zstd" => ContentCoding.Zstd,
        "br" => ContentCoding.Brotli,
        _ => ContentCoding.Lz4,
    };

    /// <summary>The body and something behind it, as in a buffer of the pool.</summary>
    private static byte[] Surrounded(ReadOnlySpan<byte> body, byte poison)
    {
        var array = new byte[body.Length + Margin];
        Array.Fill(array, poison);
        body.CopyTo(array);
        return array;
    }

    /// <summary>As a receiver does it: one byte more than may come, and a buffer that grows.</summary>
    private byte[]? Decompress(ContentCoding coding, byte[] body, int length, int step, out string verdict)
    {
        using var decompression = Decompression.Open(coding, body, length, Limit);
        verdict = "not of the coding";
        if (decompression is null)
            return null;
        verdict = "large window";
        if (decompression.WindowLength == long.MaxValue)
            return null;
        Law(decompression.GuessLength() is >= 0 and <= int.MaxValue / 2, "A guess is within reason.");
        Law(decompression.WindowLength is >= 0 and <= 32 * 1024 * 1024, "A window is within reason.");
        var most = Limit + decompression.TailLength + 1;
        var room = Math.Min(step, most);
        Array.Fill(_output, Canary);
        while (true)
        {
            var result = decompression.Run(_output.AsSpan(Margin, room));
            Law(decompression.Written >= 0 && decompression.Written <= room, "No more is written than there is room.");
            Law(IsCanary(_output.AsSpan(0, Margin)) && IsCanary(_output.AsSpan(Margin + room, Margin)), "Nothing is written beside the room.");
            verdict = result == DecompressionStep.Damaged ? "damaged" : "too large";
            if (result == DecompressionStep.Damaged || (result == DecompressionStep.Finished && decompression.Written > Limit))
                return null;
            verdict = "whole";
            if (result == DecompressionStep.Finished)
                return _output.AsSpan(Margin, decompression.Written).ToArray();
            verdict = "too large";
            if (room == most)
                return null;
            room = Math.Min(most, room + Math.Max(step, room / 2));
        }
    }

    private static bool IsCanary(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept(Canary);

    private static byte[] Reference(ContentCoding coding, byte[] body)
    {
        if (coding == ContentCoding.Lz4)
            return ReferenceLz4(body);
        using var compressed = new MemoryStream(body);
        using Stream stream = coding switch
        {
            ContentCoding.Gzip => new GZipStream(compressed, CompressionMode.Decompress),
            ContentCoding.Deflate when (body[0] & 15) == 8 && ((body[0] << 8) | body[1]) % 31 == 0 => new ZLibStream(compressed, CompressionMode.Decompress),
            ContentCoding.Deflate => new DeflateStream(compressed, CompressionMode.Decompress),
            ContentCoding.Zstd => new DecompressionStream(compressed),
            _ => new BrotliStream(compressed, CompressionMode.Decompress),
        };
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>The other decompressor is given one frame at a time: it knows none that hold nothing, and stops at one without content.</summary>
    private static byte[] ReferenceLz4(byte[] body)
    {
        using var content = new MemoryStream();
        var rest = body.AsMemory();
        while (!rest.IsEmpty)
        {
            var length = Lz4FrameLength(rest.Span, out var isSkipped);
            if (!isSkipped)
            {
                using var frame = LZ4Stream.Decode(new MemoryStream(rest[..length].ToArray()));
                frame.CopyTo(content);
            }

            rest = rest[length..];
        }

        return content.ToArray();
    }

    private static int Lz4FrameLength(ReadOnlySpan<byte> frame, out bool isSkipped)
    {
        isSkipped = (BinaryPrimitives.ReadUInt32LittleEndian(frame) & 0xFFFFFFF0) == 0x184D2A50;
        if (isSkipped)
            return 8 + BinaryPrimitives.ReadInt32LittleEndian(frame[4..]);
        var flags = frame[4];
        var position = 7 + ((flags & 8) != 0 ? 8 : 0);
        while (BinaryPrimitives.ReadInt32LittleEndian(frame[position..]) is var block and not 0)
            position += 4 + (block & int.MaxValue) + ((flags & 16) != 0 ? 4 : 0);
        return position + 4 + ((flags & 4) != 0 ? 4 : 0);
    }
}
