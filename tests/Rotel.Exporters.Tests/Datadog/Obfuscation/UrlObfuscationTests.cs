using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

public sealed class UrlObfuscationTests : IDisposable
{
    private readonly ObfuscatorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("https://shop.example/cart/17", "https://shop.example/cart/17")]
    [InlineData("https://shop.example:8443/cart?token=secret&a=b", "https://shop.example:8443/cart?")]
    [InlineData("https://shop.example/cart#access_token=secret", "https://shop.example/cart")]
    [InlineData("https://shop.example/cart?a#secret", "https://shop.example/cart?")]
    [InlineData("https://anna:secret@shop.example/cart", "https://shop.example/cart")]
    [InlineData("https://anna:sec@ret@shop.example:80/cart?x=1", "https://shop.example:80/cart?")]
    [InlineData("https://secret@shop.example", "https://shop.example")]
    [InlineData("https://anna:sec/ret@shop.example/cart", "https://shop.example/cart")]
    [InlineData("https://anna:sec?ret@shop.example/cart", "https://shop.example/cart")]
    [InlineData("https://anna:sec/ret", "?")]
    [InlineData("https://[2001:db8::1]:443/x?y", "https://[2001:db8::1]:443/x?")]
    [InlineData("https://[2001:db8::1]/x", "https://[2001:db8::1]/x")]
    [InlineData("https://medium.example/@anna/story", "https://medium.example/@anna/story")]
    [InlineData("//anna:secret@cdn.example/x", "//cdn.example/x")]
    [InlineData("anna:secret@shop.example/cart", "shop.example/cart")]
    [InlineData("/cart?token=secret", "/cart?")]
    [InlineData("/cart//x?u=http://anna:secret@b", "/cart//x?")]
    [InlineData("?token=secret", "?")]
    [InlineData("#secret", "")]
    [InlineData("*", "*")]
    [InlineData("", "")]
    public void Url_IsWithoutUserAndQuery(string url, string expected) => Assert.Equal(expected, _bench.Apply(ObfuscationKind.Url, url));
}
