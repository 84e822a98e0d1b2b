using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Sharing;

public sealed class SharedHandshakeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A whole request, whose answer closes the connection.</summary>
    private static byte[] Request
    {
        get
        {
            var body = new StandardLoad().Encode(OtlpSignal.Traces);
            return
            [
                .. Encoding.ASCII.GetBytes(
                    $"POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n"),
                .. body,
            ];
        }
    }

    [Fact]
    public async Task Connection_BothProofs_OpensForRequests()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerConnection();

        await follower.GreetAsync(setup);
        Assert.Equal(follower.Proof("holder", setup.Token), follower.Answer[32..]);

        // A follower need not wait for anything before its first request.
        await follower.SendAsync([.. follower.Proof("follower", setup.Token), .. Request]);

        Assert.StartsWith("HTTP/1.1 200", await follower.ReadToEndAsync(), StringComparison.Ordinal);
        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
    }

    [Theory]
    [InlineData("follower", false)]
    [InlineData("holder", true)]
    public async Task Connection_WrongProof_ClosesWithoutAnAnswer(string who, bool isRightToken)
    {
        var logs = new LogRecorder();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(logs));
        await using var setup = await SharedSetup.StartAsync(logs: factory);
        using var stranger = new FollowerConnection();

        await stranger.GreetAsync(setup);
        await stranger.SendAsync([.. stranger.Proof(who, isRightToken ? setup.Token : RandomNumberGenerator.GetBytes(32)), .. Request]);

        Assert.Empty(await stranger.ReadToEndAsync());
        Assert.Equal(0, setup.Ledgers[(int)OtlpSignal.Traces].Accepted);
        await logs.UntilAsync(line => line.EventId == 2008, "a line about the stranger", Cancellation);
    }

    [Fact]
    public async Task Connection_RepeatingWhatAnotherSaid_IsClosed()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerConnection();
        await follower.GreetAsync(setup);
        var proof = follower.Proof("follower", setup.Token);
        using var listener = new FollowerConnection();

        await listener.GreetAsync(setup, follower.Hello);
        await listener.SendAsync([.. proof, .. Request]);

        Assert.Empty(await listener.ReadToEndAsync());
        Assert.Equal(0, setup.Ledgers[(int)OtlpSignal.Traces].Accepted);
    }

    [Theory]
    [InlineData("GET /rotel/link HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer 0\r\n\r\n")]
    [InlineData("rotel-shared/2\r\n00000000000000000000000000000000")]
    public async Task Connection_AnotherBeginning_LearnsNothing(string beginning)
    {
        await using var setup = await SharedSetup.StartAsync();
        using var stranger = new FollowerConnection();
        await stranger.ConnectAsync(setup);

        await stranger.SendAsync(Encoding.ASCII.GetBytes(beginning));

        Assert.Empty(await stranger.ReadToEndAsync());
    }

    [Fact]
    public async Task Stop_SilentConnection_IsNotWaitedFor()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var silent = new FollowerConnection();
        await silent.GreetAsync(setup);

        await Watchdog.WaitAsync(
            setup.Endpoint.StopAsync(setup.In(TimeSpan.FromHours(1)), Cancellation), "the endpoint stopped", Cancellation);

        Assert.Empty(await silent.ReadToEndAsync());
    }

    [Fact]
    public async Task Offer_ToSomebodyWithAnotherToken_StopsThere()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, setup.Endpoint.Port, Cancellation);

        Assert.False(await SharedHandshake.OfferAsync(client.GetStream(), RandomNumberGenerator.GetBytes(32), Cancellation));
    }
}
