using System.Runtime.InteropServices;
using Rotel.ClickHouse.TestKit.Engine;
using Rotel.ClickHouse.TestKit.Wire;

namespace Rotel.ClickHouse.TestKit;

/// <summary>
/// The kit's own reading of compressed frames, held against files that the engine wrote: columns on disk are in the same frames.
/// </summary>
public sealed class CompressedFramesTests
{
    [Theory]
    [InlineData("NONE", 0x02)]
    [InlineData("LZ4", 0x82)]
    [InlineData("ZSTD(1)", 0x90)]
    public void Unpack_OfAColumnOnDisk_GivesItsValues(string codec, byte method)
    {
        var engine = ClickHouseEngine.Shared;
        var table = $"frames_{method}";
        engine.Query(
            $"CREATE TABLE default.{table} (a UInt64 CODEC({codec})) ENGINE = MergeTree ORDER BY tuple() "
            + "SETTINGS min_bytes_for_wide_part = 0, ratio_of_defaults_for_sparse_serialization = 1");
        try
        {
            foreach (var rows in new[] { 1, 2, 7, 16, 17, 100, 200_000 })
            {
                engine.Query($"INSERT INTO default.{table} SELECT number * number FROM numbers({rows})");
                var part = engine.Query($"SELECT path FROM system.parts WHERE active AND database = 'default' AND table = '{table}'").Text;
                var frames = File.ReadAllBytes(Path.Combine(part, "a.bin"));

                var values = CompressedFrames.Unpack(frames);

                Assert.Equal(method, frames[16]);
                Assert.Equal(Enumerable.Range(0, rows).Select(i => (ulong)i * (ulong)i), MemoryMarshal.Cast<byte, ulong>(values).ToArray());
                engine.Query($"TRUNCATE TABLE default.{table} SYNC");
            }
        }
        finally
        {
            engine.Query($"DROP TABLE default.{table} SYNC");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(3_000_000)]
    public void Pack_ThenUnpack_IsIdentity(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes.AsSpan(length / 2));

        Assert.Equal(bytes, CompressedFrames.Unpack(CompressedFrames.Pack(bytes)));
    }

    [Fact]
    public void Unpack_OfDamagedFrames_SaysWhatClickHouseSays()
    {
        var frames = CompressedFrames.Pack(new byte[1000]);
        frames[^1] ^= 1;
        Assert.Equal("CHECKSUM_DOESNT_MATCH", NameOfError(frames));
        frames[^1] ^= 1;
        Assert.Equal("CANNOT_READ_ALL_DATA", NameOfError(frames[..30]));
        Assert.Equal("CANNOT_READ_ALL_DATA", NameOfError(frames[..9]));
    }

    private static string NameOfError(byte[] frames) =>
        Assert.Throws<ClickHouseEngineException>(() => CompressedFrames.Unpack(frames)).Name;
}
