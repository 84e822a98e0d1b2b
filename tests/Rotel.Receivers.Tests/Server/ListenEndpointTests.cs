namespace Rotel.Receivers.Server;

public sealed class ListenEndpointTests
{
    [Theory]
    [InlineData("localhost:4317", "localhost", 4317)]
    [InlineData(" 0.0.0.0:0 ", "0.0.0.0", 0)]
    [InlineData("[::1]:65535", "::1", 65535)]
    [InlineData("*:4318", "*", 4318)]
    [InlineData("collector.internal:1", "collector.internal", 1)]
    public void TryParse_Endpoint_IsRead(string text, string host, int port)
    {
        Assert.True(ListenEndpoint.TryParse(text, out var endpoint, out _));
        Assert.Equal(new TcpListenEndpoint(host, port), endpoint);
        Assert.Equal(text.Trim(), endpoint.ToString());
    }

    [Theory]
    [InlineData("", "port")]
    [InlineData("localhost", "port")]
    [InlineData("4317", "port")]
    [InlineData("[::1]", "port")]
    [InlineData("localhost:", "0 to 65535")]
    [InlineData("localhost:65536", "0 to 65535")]
    [InlineData("localhost:-1", "0 to 65535")]
    [InlineData("localhost:http", "0 to 65535")]
    [InlineData(":4317", "no host")]
    [InlineData("a b:4317", "no host")]
    [InlineData("::1:4317", "brackets")]
    [InlineData("[localhost]:4317", "brackets")]
    [InlineData("http://localhost:4317", "scheme")]
    public void TryParse_SomethingElse_SaysWhatIsWrong(string text, string expected)
    {
        Assert.False(ListenEndpoint.TryParse(text, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }
}
