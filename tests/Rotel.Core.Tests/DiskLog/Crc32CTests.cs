using System.Numerics;

namespace Rotel.DiskLog;

public sealed class Crc32CTests
{
    [Fact]
    public void Compute_PublishedVectors_Agrees()
    {
        // RFC 3720, B.4.
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
    }

    [Fact]
    public void Append_AnyLengthInAnyPieces_IsThatOfEachByte()
    {
        var bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        var expected = Crc32C.Seed;
        for (var length = 0; length < bytes.Length; length++)
        {
            if (length < 100 || length % 511 == 0)
            {
                Assert.Equal(~expected, Crc32C.Compute(bytes.AsSpan(0, length)));
                var first = length / 3;
                Assert.Equal(expected, Crc32C.Append(Crc32C.Append(Crc32C.Seed, bytes.AsSpan(0, first)), bytes.AsSpan(first, length - first)));
            }

            expected = BitOperations.Crc32C(expected, bytes[length]);
        }
    }
}
