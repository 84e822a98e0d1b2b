using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Rotel.Pipelines;
using Rotel.Receivers.Sharing;
using Rotel.TestKit;

namespace Rotel.Sharing;

/// <summary>Who answers at a port need not be the holder, and who connects to it need not be a follower.</summary>
public sealed class StrangerTests
{
    /// <summary>All that anybody hears who does not know the token: a greeting and a nonce.</summary>
    private const int Hello = 48;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_NobodyListens_IsNull()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        Assert.Null(await ConnectAsync(new AgentRecord(1, port, RandomNumberGenerator.GetBytes(32), "settings", [], [])));
    }

    [Fact]
    public async Task Connect_AnotherToken_IsNull()
    {
        await using var holder = await SharedSetup.StartAsync();
        Assert.Null(await ConnectAsync(Follower.RecordOf(holder, token: RandomNumberGenerator.GetBytes(32))));
    }

    [Fact]
    public async Task Connect_HttpServerThatSaysYesToEverything_IsNullAndHearsNothing()
    {
        using var stranger = new Stranger();
        var hearing = stranger.AnswerAsync("HTTP/1.1 200 OK\r\nServer: stranger\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nmoved\r\n0\r\n\r\n"u8.ToArray());

        Assert.Null(await ConnectAsync(new AgentRecord(1, stranger.Port, RandomNumberGenerator.GetBytes(32), "settings", [], [])));

        Assert.Equal(Hello, (await Watchdog.WaitAsync(hearing, "the end of the connection", Cancellation)).Length);
    }

    [Fact]
    public async Task Connect_NoAnswer_IsNullInTime()
    {
        var time = new FakeTimeProvider();
        using var stranger = new Stranger();
        var record = new AgentRecord(1, stranger.Port, RandomNumberGenerator.GetBytes(32), "settings", [], []);

        var connecting = HolderClient.ConnectAsync(record, time, Cancellation);
        using var connection = await stranger.AcceptAsync();
        await connection.GetStream().ReadExactlyAsync(new byte[Hello], Cancellation);
        Assert.False(connecting.IsCompleted);
        time.Advance(HolderClient.AnswerTimeout);

        Assert.Null(await Watchdog.WaitAsync(connecting, "the end of the try", Cancellation));
    }

    [Fact]
    public async Task Connect_Cancelled_Throws()
    {
        using var stranger = new Stranger();
        using var cancelled = new CancellationTokenSource();
        var record = new AgentRecord(1, stranger.Port, RandomNumberGenerator.GetBytes(32), "settings", [], []);

        var connecting = HolderClient.ConnectAsync(record, TimeProvider.System, cancelled.Token);
        using var connection = await stranger.AcceptAsync();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Watchdog.WaitAsync(connecting, "the end of the try", Cancellation));
    }

    /// <summary>A holder that has died is found out by the link; the port may be another's before that.</summary>
    [Fact]
    public async Task Send_PortChangesHandsUnderTheLink_TellsTheNextOneNothing()
    {
        await using var holder = await SharedSetup.StartAsync();
        using var stranger = new Stranger();
        var linking = Follower.ConnectAsync(holder, stranger.Port);
        using var link = await stranger.AcceptAsync();
        using var there = new TcpClient();
        await there.ConnectAsync(IPAddress.Loopback, holder.Endpoint.Port, Cancellation);
        var relays = Task.WhenAll(
            link.GetStream().CopyToAsync(there.GetStream(), Cancellation), there.GetStream().CopyToAsync(link.GetStream(), Cancellation));
        using var client = await linking;

        var hearing = stranger.AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n0123456789012345678901234567890"u8.ToArray());
        var outcome = await new Follower().SendAsync(client);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("another process has its port", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(Hello, (await Watchdog.WaitAsync(hearing, "the end of the connection", Cancellation)).Length);
        Assert.False(client.Ended.IsCompleted);
        link.Dispose();
        there.Dispose();
        await Watchdog.WaitAsync(client.Ended, "the end of the link", Cancellation);
        await relays.WaitAsync(Cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [Fact]
    public async Task Endpoint_ConnectionThatNeverProvesItself_IsClosedInTime()
    {
        var time = new FakeTimeProvider();
        await using var holder = await SharedSetup.StartAsync(time: time);
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, holder.Endpoint.Port, Cancellation);
        await silent.GetStream().WriteAsync((byte[])[.. "rotel-shared/1\r\n"u8, .. new byte[32]], Cancellation);

        // With the answer, the endpoint's clock of this connection is running.
        await silent.GetStream().ReadExactlyAsync(new byte[64], Cancellation);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, await Watchdog.WaitAsync(
            silent.GetStream().ReadAsync(new byte[1], Cancellation).AsTask(), "the end of the connection", Cancellation));
    }

    private static Task<HolderClient?> ConnectAsync(AgentRecord record) => Watchdog.WaitAsync(
        HolderClient.ConnectAsync(record, TimeProvider.System, Cancellation), "the end of the try", Cancellation);

    private sealed class Stranger : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Stranger() => _listener.Start();

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async Task<TcpClient> AcceptAsync() =>
            await Watchdog.WaitAsync(_listener.AcceptTcpClientAsync(Cancellation).AsTask(), "a connection", Cancellation);

        /// <summary>Answers the next connection, whatever it says, and tells all that it said.</summary>
        public async Task<byte[]> AnswerAsync(byte[] answer)
        {
            using var connection = await AcceptAsync();
            using var heard = new MemoryStream();
            var hello = new byte[Hello];
            await connection.GetStream().ReadExactlyAsync(hello, Cancellation);
            await heard.WriteAsync(hello, Cancellation);
            await connection.GetStream().WriteAsync(answer, Cancellation);
            try
            {
                await connection.GetStream().CopyToAsync(heard, Cancellation);
            }
            catch (IOException)
            {
                // The other end had not read all of the answer.
            }

            return heard.ToArray();
        }

        public void Dispose() => _listener.Dispose();
    }
}
