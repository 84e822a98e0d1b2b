using System.Globalization;
using Rotel.Exporters.ClickHouse.Native;

namespace Rotel.Exporters.Tests.ClickHouse.Native;

public class CityHash128Tests
{
    /// <summary>
    /// The frames that ClickHouse 26.7 wrote to disk for a column <c>UInt8 CODEC(NONE)</c> with the rows 0, 1, 2, …, and the checksums it
    /// gave them. The lengths reach every path: 8, 16, 32 and 144 bytes hashed, each with one more and one less or near it.
    /// </summary>
    [Theory]
    [InlineData(2, "8a28d8050796d0ffd1f0008dbf1f780a")]
    [InlineData(3, "386b0c24aea6bf70307684649bb47f30")]
    [InlineData(6, "28416882a948259d494258e789a2d143")]
    [InlineData(7, "3e28ee5de17bbb046638097b4569f480")]
    [InlineData(9, "d20acc400a097ad1ddee74d31d699efc")]
    [InlineData(12, "6e29eab5b341bb791a42e50be51a5d03")]
    [InlineData(20, "faef33d5f5b35eb46d7e8cdb7f55c7ca")]
    [InlineData(40, "e004966c03e8191be507cb4bea493a99")]
    [InlineData(110, "7d3dafc90d0471a8b5082b757fdf6ad0")]
    [InlineData(134, "0e7193d6e8a20c9310137a0693339307")]
    [InlineData(135, "a31f98438f1030fb6cafbb490495405b")]
    [InlineData(150, "8a1b6441593d2778091140ec6c5271b0")]
    [InlineData(200, "6013008277493aa6e3c0add0e7b9a5a2")]
    [InlineData(263, "ceec0726f77ef91c720b08fa98fa9a29")]
    [InlineData(300, "cc66ca5411f8f270e7afbc86bc2692fa")]
    [InlineData(1000, "49a34847d97f45a6a9f04e82136d09e4")]
    public void Write_AFrameOfTheEngine_IsItsChecksum(int rows, string checksum)
    {
        byte[] frame =
        [
            0x02,
            .. BitConverter.GetBytes(rows + 9),
            .. BitConverter.GetBytes(rows),
            .. Enumerable.Range(0, rows).Select(row => (byte)row),
        ];
        var hash = new byte[CityHash128.Length];
        CityHash128.Write(frame, hash);

        Assert.Equal(checksum, Convert.ToHexStringLower(hash));
    }

    /// <summary>Shorter than any frame; the value other implementations of ClickHouse's protocol are tested with.</summary>
    [Fact]
    public void Compute_AShortWord_IsThePublishedValue()
    {
        var (low, high) = CityHash128.Compute("Moscow"u8);

        Assert.Equal(UInt128.Parse("46102140593102845793298614593550999405", CultureInfo.InvariantCulture), new UInt128(high, low));
    }
}
