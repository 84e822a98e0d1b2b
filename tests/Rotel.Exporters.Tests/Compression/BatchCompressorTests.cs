using System.IO.Compression;
using Rotel.Exporters.Compression;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;
using ZstdSharp;

namespace Rotel.Exporters.Tests.Compression;

public class BatchCompressorTests
{
    public static TheoryData<string, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<string, int>();
            foreach (var bodies in new[] { 0, 1, 2, 60 })
            {
                shapes.Add("gzip", bodies);
                shapes.Add("zstd", bodies);
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Compress_AnyBatch_IsReadByAForeignDecoderAndRestored(string coding, int bodies)
    {
        using var bench = new ExporterBench();
        var load = new StandardLoad();
        byte[][] parts = [.. Enumerable.Range(0, bodies).Select(_ => load.Encode(OtlpSignal.Traces))];
        byte[] whole = [.. parts.SelectMany(part => part)];
        using (var compressor = Compressor(coding, bench))
        {
            // Twice, for a compressor that is used again must not remember.
            for (var round = 0; round < 2; round++)
            {
                using var batch = bench.Batch(OtlpSignal.Traces, parts);
                using var compressed = compressor.Compress(batch);

                Assert.Equal(whole, Decode(coding, compressed));
                var restored = new byte[whole.Length];
                compressed.Restore(restored);
                Assert.Equal(whole, restored);
                Assert.True(compressed.Charge >= compressed.Segments.Length);
                Assert.True(bodies < 60 || compressed.Segments.Length < whole.Length / 3);
            }
        }

        Assert.Equal(0, bench.Budget.Reserved);
    }

    [Theory]
    [InlineData("gzip", -1)]
    [InlineData("gzip", 1)]
    [InlineData("zstd", -1)]
    [InlineData("zstd", 1)]
    public void Restore_IntoAnotherLength_Throws(string coding, int difference)
    {
        using var bench = new ExporterBench();
        using var compressor = Compressor(coding, bench);
        using var batch = bench.Batch(OtlpSignal.Logs, new StandardLoad().Encode(OtlpSignal.Logs));
        using var compressed = compressor.Compress(batch);

        var exception = Record.Exception(() => compressed.Restore(new byte[batch.WireLength + difference]));

        Assert.True(exception is InvalidDataException or EndOfStreamException, $"{exception}");
    }

    private static BatchCompressor Compressor(string coding, ExporterBench bench) => coding == "gzip"
        ? new GzipBatchCompressor(bench.Context.Pool)
        : new ZstdBatchCompressor(bench.Context.Pool);

    private static byte[] Decode(string coding, CompressedBatch compressed)
    {
        var bytes = new byte[compressed.Segments.Length];
        compressed.Segments.CopyTo(bytes);
        using var source = new MemoryStream(bytes);
        using Stream decoder = coding == "gzip" ? new GZipStream(source, CompressionMode.Decompress) : new DecompressionStream(source);
        using var decoded = new MemoryStream();
        decoder.CopyTo(decoded);
        return decoded.ToArray();
    }
}
