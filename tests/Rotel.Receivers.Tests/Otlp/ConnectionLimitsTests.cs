using System.Net.Sockets;
using System.Text;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using RpcStatus = Google.Rpc.Status;

namespace Rotel.Receivers.Otlp;

public sealed class ConnectionLimitsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Proves("server.http.keep_alive")]
    public async Task SlowBody_IsAnsweredWithAStatusAndHoldsNothing()
    {
        var options = ReceiverSetup.AnyPorts();
        options.Connections.MinBodyDataRate = 1_000_000;
        options.Connections.MinBodyDataRateGracePeriod = TimeSpan.FromMilliseconds(1100);
        await using var setup = await ReceiverSetup.StartAsync(options);

        var answer = await ExchangeAsync(
            setup, "POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000000\r\n\r\nabc");

        var text = Encoding.Latin1.GetString(answer);
        Assert.StartsWith("HTTP/1.1 408", text, StringComparison.Ordinal);
        var body = answer.AsSpan(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4);
        Assert.NotEmpty(RpcStatus.Parser.ParseFrom(body).Message);
        await setup.NothingHeldAsync();
        Assert.Equal(1, setup.Http(OtlpSignal.Traces).Refused(RefusalReason.SenderGone));
    }

    [Fact]
    public async Task SlowHeaders_EndTheConnection()
    {
        var options = ReceiverSetup.AnyPorts();
        options.Connections.RequestHeaderTimeout = TimeSpan.FromMilliseconds(100);
        await using var setup = await ReceiverSetup.StartAsync(options);

        var answer = await ExchangeAsync(setup, "POST /v1/traces HTTP/1.1\r\nHost: ro");

        Assert.StartsWith("HTTP/1.1 408", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    [Proves("server.http.keep_alive")]
    public async Task ConnectionWithoutRequest_IsClosed()
    {
        var options = ReceiverSetup.AnyPorts();
        options.Connections.KeepAliveTimeout = TimeSpan.FromMilliseconds(100);
        await using var setup = await ReceiverSetup.StartAsync(options);

        var answer = await ExchangeAsync(
            setup, "POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");

        Assert.StartsWith("HTTP/1.1 200", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 40_000)]
    [InlineData(50, 1)]
    public async Task Headers_ThatAreTooLargeOrTooMany_AreRefused(int count, int length)
    {
        var options = ReceiverSetup.AnyPorts();
        options.Connections.MaxRequestHeaderCount = 20;
        await using var setup = await ReceiverSetup.StartAsync(options);
        var headers = string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('x', length)}\r\n"));

        var answer = await ExchangeAsync(setup, $"POST /v1/traces HTTP/1.1\r\nHost: rotel\r\n{headers}\r\n");

        Assert.StartsWith("HTTP/1.1 431", Encoding.Latin1.GetString(answer), StringComparison.Ordinal);
    }

    /// <summary>Sends, and reads until the server closes the connection.</summary>
    private static async Task<byte[]> ExchangeAsync(ReceiverSetup setup, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        using var answer = new MemoryStream();
        try
        {
            await Watchdog.WaitAsync(stream.CopyToAsync(answer, Cancellation), "the connection closed", Cancellation);
        }
        catch (IOException)
        {
            // A reset: what was not read of the request was still under way.
        }

        return answer.ToArray();
    }
}
