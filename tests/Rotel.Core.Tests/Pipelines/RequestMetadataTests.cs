namespace Rotel.Pipelines;

public sealed class RequestMetadataTests
{
    private static readonly RequestMetadata Metadata = new([new("x-tenant", "acme"), new("authorization", "secret")]);

    [Theory]
    [InlineData("x-tenant", "acme")]
    [InlineData("authorization", "secret")]
    [InlineData("x-other", null)]
    public void TryGet_Name_FindsItsValue(string name, string? expected)
    {
        Assert.Equal(expected is not null, Metadata.TryGet(name, out var value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void Only_SomeNames_KeepsThose()
    {
        Assert.Equal(new RequestMetadata([new("x-tenant", "acme")]), Metadata.Only(["x-tenant", "x-other"]));
        Assert.Same(Metadata, Metadata.Only(["authorization", "x-tenant"]));
        Assert.Null(Metadata.Only(["x-other"]));
    }

    [Fact]
    public void Equality_IsOfNamesAndValuesInAnyOrder()
    {
        RequestMetadata same = new([new("authorization", "secret"), new("x-tenant", "acme")]);
        Assert.Equal(Metadata, same);
        Assert.Equal(Metadata.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(Metadata, new RequestMetadata([new("x-tenant", "acme"), new("authorization", "other")]));
    }

    [Fact]
    public void Text_HasNamesAndNoValues() => Assert.Equal("authorization, x-tenant", Metadata.ToString());
}
