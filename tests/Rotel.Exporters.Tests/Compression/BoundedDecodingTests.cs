using Rotel.Exporters.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Rotel.Exporters.Tests.Compression;

public class BoundedDecodingTests
{
    /// <summary>A window is memory that the decoder takes before it has seen a byte of content.</summary>
    [Theory]
    [InlineData(23, 5)]
    [InlineData(27, 0)]
    public void Decode_ZstdOfALargeWindow_IsLeftUnread(int windowLog, int expected)
    {
        using var frame = new MemoryStream();
        using (var stream = new CompressionStream(frame, leaveOpen: true))
        {
            stream.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, windowLog);
            stream.Write("hello"u8);
        }

        Assert.Equal(expected, BoundedDecoding.Decode("zstd", frame.ToArray(), 1000).Length);
    }
}
