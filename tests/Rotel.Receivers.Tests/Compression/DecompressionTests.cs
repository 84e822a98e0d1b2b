using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Compression;

public sealed class DecompressionTests
{
    private const int Limit = 16 * 1024 * 1024;

    public static TheoryData<string> Forms => [.. Compressing.Forms.Keys];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Run_WholeBody_IsTheBodyWhateverTheSteps(string form)
    {
        foreach (var body in Bodies())
        {
            var compressed = Compressing.Compress(form, body);
            foreach (var room in new[] { 1, 1000, 70_000, Limit })
                Assert.Equal(body, Decompress(form, compressed, room));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Run_BodyCutAnywhere_IsRefused(string form)
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces, 3);
        var compressed = Compressing.Compress(form, body);
        for (var length = 0; length < compressed.Length; length++)
            Assert.Null(Decompress(form, compressed[..length], 100_000));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Run_SomethingBehindTheBody_IsRefused(string form)
    {
        var compressed = Compressing.Compress(form, new StandardLoad().Encode(OtlpSignal.Traces, 3));
        foreach (var garbage in new byte[][] { [0], [1, 2, 3], [0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0] })
            Assert.Null(Decompress(form, [.. compressed, .. garbage], 100_000));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("zstd", true)]
    [InlineData("lz4", true)]
    [InlineData("zlib", false)]
    [InlineData("raw deflate", false)]
    [InlineData("brotli", false)]
    public void Run_TheSameBodyTwice_IsBothOrRefusedButNeverOne(string form, bool isMany)
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces, 3);
        var compressed = Compressing.Compress(form, body);

        var content = Decompress(form, [.. compressed, .. compressed], 100_000);

        Assert.Equal(isMany ? [.. body, .. body] : null, content);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Run_AnyByteChanged_NeverReadsOutsideAndEnds(string form)
    {
        var compressed = Compressing.Compress(form, new StandardLoad().Encode(OtlpSignal.Traces, 3));
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var changed = (byte[])compressed.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Decompress(form, changed, 10_000);
        }
    }

    [Fact]
    public void Run_Noise_IsRefused()
    {
        var random = new Random(1);
        foreach (var form in Compressing.Forms.Keys)
        {
            for (var i = 0; i < 200; i++)
            {
                var noise = new byte[random.Next(1, 300)];
                random.NextBytes(noise);
                Decompress(form, noise, 1000);
            }
        }
    }

    [Theory]
    [InlineData("gzip", "Gzip")]
    [InlineData("GZip", "Gzip")]
    [InlineData("x-gzip", "Gzip")]
    [InlineData("deflate", "Deflate")]
    [InlineData("zstd", "Zstd")]
    [InlineData("br", "Brotli")]
    [InlineData("lz4", "Lz4")]
    [InlineData("identity", "")]
    [InlineData("", "")]
    [InlineData(null, "")]
    [InlineData(" gzip , zstd ", "Zstd Gzip")]
    [InlineData("identity, br, identity", "Brotli")]
    [InlineData("gzip,gzip,gzip", "Gzip Gzip Gzip")]
    [InlineData("gzip,gzip,gzip,gzip", null)]
    [InlineData("snappy", null)]
    [InlineData("gzip, snappy", null)]
    [InlineData("gzip;q=1", null)]
    public void ContentCodings_Header_AreReadFromLastToFirst(string? header, string? expected)
    {
        if (!ContentCodings.TryRead(header is null ? StringValues.Empty : header, out var codings))
        {
            Assert.Null(expected);
            return;
        }

        var read = new List<ContentCoding>();
        for (; !codings.IsIdentity; codings = codings.WithoutLast())
            read.Add(codings.Last);
        Assert.Equal(expected, string.Join(' ', read));
    }

    [Fact]
    public void ContentCodings_SeveralHeaders_AreOneList()
    {
        Assert.True(ContentCodings.TryRead(new StringValues(["gzip", "br"]), out var codings));
        Assert.Equal((ContentCoding.Brotli, ContentCoding.Gzip), (codings.Last, codings.WithoutLast().Last));
    }

    [Fact]
    public void ZstdWindow_OverWhatSendersMayUse_IsMoreThanAnyBudgetHas()
    {
        var body = Compressing.ZstdOfLargeWindow(new byte[100_000]);
        using var decompression = Decompression.Open(ContentCoding.Zstd, body, body.Length, Limit);
        Assert.Equal(long.MaxValue, decompression!.WindowLength);
    }

    [Fact]
    public void BrotliWindow_IsWhatTheBodySays()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces, 10);
        var compressed = new byte[body.Length];
        for (var bits = 10; bits <= 24; bits++)
        {
            Assert.True(BrotliEncoder.TryCompress(body, compressed, out var length, quality: 5, bits));
            using var decompression = Decompression.Open(ContentCoding.Brotli, compressed, length, Limit);
            Assert.InRange(decompression!.WindowLength, 1 << bits, (1 << bits) + (1024 * 1024));
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(17)]
    [InlineData(20)]
    [InlineData(23)]
    public void ZstdWindow_IsAsMuchAsTheDecoderSays(int log)
    {
        byte[] window = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (byte)((log - 10) << 3), 1, 0, 0];
        byte[] content = [0x28, 0xb5, 0x2f, 0xfd, 0xa0, .. BitConverter.GetBytes((1 << log) - 300), 1, 0, 0];
        foreach (var body in new[] { window, content })
        {
            using var decompression = Decompression.Open(ContentCoding.Zstd, body, body.Length, Limit);
            var needed = (long)ZstdSharp.Unsafe.Methods.ZSTD_estimateDStreamSize((nuint)(1 << log));
            Assert.InRange(decompression!.WindowLength, needed, needed + (16 * 1024));
        }
    }

    [Fact]
    public void ZstdWindow_LargerThanThatOfTheFirstFrame_IsRefused()
    {
        byte[] small = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0, 1, 0, 0];
        byte[] large = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 1 << 3, 1, 0, 0];

        Assert.Empty(Decompress("zstd", [.. small, .. small], 1000)!);
        Assert.Null(Decompress("zstd", [.. small, .. large], 1000));
        Assert.Empty(Decompress("zstd", [.. large, .. small], 1000)!);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zlib")]
    [InlineData("raw deflate")]
    public void DeflateWindow_IsChargedToo(string form)
    {
        var body = Compressing.Compress(form, new byte[1000]);
        using var decompression = Decompression.Open(
            form == "gzip" ? ContentCoding.Gzip : ContentCoding.Deflate, body, body.Length, Limit);
        Assert.InRange(decompression!.WindowLength, 32 * 1024, 128 * 1024);
    }

    /// <summary>RFC 1950, 2.2: FDICT. Nobody has agreed on a dictionary.</summary>
    [Fact]
    public void Run_ZlibWithADictionary_IsRefused() => Assert.Null(Decompress("zlib", [0x78, 0xbb, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1000));

    private static IEnumerable<byte[]> Bodies()
    {
        var random = new Random(3);
        var noise = new byte[300_000];
        random.NextBytes(noise);
        yield return new StandardLoad().Encode(OtlpSignal.Traces, 2_000);
        yield return new StandardLoad().Encode(OtlpSignal.Logs, 1);
        yield return noise;
        yield return new byte[5_000_000];
    }

    /// <summary>What comes out, with so much more room at each step; null when refused.</summary>
    private static byte[]? Decompress(string form, byte[] compressed, int step)
    {
        var coding = Compressing.Forms[form] switch
        {
            "gzip" => ContentCoding.Gzip,
            "deflate" => ContentCoding.Deflate,
            "zstd" => ContentCoding.Zstd,
            "br" => ContentCoding.Brotli,
            _ => ContentCoding.Lz4,
        };
        using var decompression = Decompression.Open(coding, compressed, compressed.Length, Limit);
        if (decompression is null || decompression.WindowLength == long.MaxValue)
            return null;

        var output = new byte[step];
        while (true)
        {
            switch (decompression.Run(output))
            {
                case DecompressionStep.Finished:
                    return output[..decompression.Written];
                case DecompressionStep.Damaged:
                    return null;
                default:
                    if (output.Length > Limit)
                        return null;
                    Array.Resize(ref output, output.Length + Math.Max(step, output.Length / 2));
                    break;
            }
        }
    }
}
