using Rotel.Pipelines;

namespace Rotel.Receivers.Sharing;

public sealed class MetadataHeaderTests
{
    [Theory]
    [InlineData("x-tenant", "acme")]
    [InlineData("authorization", "Bearer a.b-c_d=, e")]
    [InlineData("a", "")]
    [InlineData("tenant.ü\0", "\r\nhost: elsewhere, 日本")]
    public void Write_AnyText_IsReadAsItWas(string name, string value)
    {
        var metadata = new RequestMetadata([new(name, value), new("other", "1,2")]);

        var text = MetadataHeader.Write(metadata);

        Assert.DoesNotContain(text, character => !char.IsAsciiLetterOrDigit(character) && !"-_.,".Contains(character));
        Assert.True(MetadataHeader.TryRead(text, out var read));
        Assert.Equal(metadata, read);
    }

    [Fact]
    public void Write_AsMuchAsIsKept_FitsTheHeadersOfARequest()
    {
        var metadata = new RequestMetadata([new("name", new string('\uffff', RequestMetadata.MaxBytes - 4))]);
        Assert.InRange(MetadataHeader.Write(metadata).Length, 16_000, 17 * 1024);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void TryRead_Nothing_IsNone(string? text)
    {
        Assert.True(MetadataHeader.TryRead(text, out var metadata));
        Assert.Null(metadata);
    }

    [Theory]
    [InlineData("eA")]
    [InlineData("eA.eA,")]
    [InlineData("eA.eA,eA")]
    [InlineData("eA.e")]
    [InlineData("eA.eA.eA")]
    [InlineData("x=y")]
    public void TryRead_AnythingElse_IsRefused(string text) => Assert.False(MetadataHeader.TryRead(text, out _));
}
