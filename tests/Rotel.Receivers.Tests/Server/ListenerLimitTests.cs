using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Security;
using Rotel.TestKit;

namespace Rotel.Receivers.Server;

public sealed class ListenerLimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connection_OverTheLimit_IsClosedCountedAndTold()
    {
        await using var setup = new SecuredSetup();
        setup.Options.MaxConnections = 2;
        await setup.StartAsync();
        using var first = await ConnectAsync(setup.Receiver.HttpEndpoint);
        using var second = await ConnectAsync(setup.Receiver.GrpcEndpoint);

        Assert.False(await IsServedAsync(setup.Receiver.HttpEndpoint));
        Assert.False(await IsServedAsync(setup.Receiver.HttpEndpoint));

        Assert.Equal(2, setup.Receiver.Receiver.HttpConnections.Refused(ConnectionRefusal.TooManyConnections));
        var line = Assert.Single(setup.Log.Lines, line => line.EventId == 2005);
        Assert.Contains("(too_many_connections), the last from 127.0.0.1:", line.Message, StringComparison.Ordinal);

        // A place that becomes free is given again.
        first.Dispose();
        while (!await IsServedAsync(setup.Receiver.HttpEndpoint))
            Cancellation.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task Request_OverTheLimit_IsRetryableAndCountedBusy()
    {
        await using var setup = new SecuredSetup();
        setup.Options.MaxConcurrentRequests = 1;
        await setup.StartAsync();
        using var slow = await ConnectAsync(setup.Receiver.HttpEndpoint);
        await slow.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"),
            Cancellation);

        // That the server asks for the body says that the request is under way.
        Assert.True(await ReadAsync(slow) > 0);
        using var http = await setup.PostAsync();
        var grpc = await Assert.ThrowsAsync<RpcException>(() => setup.ExportAsync());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, http.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), http.Headers.RetryAfter!.Delta);
        Assert.Equal(14, SecuredSetup.StatusOf(await http.Content.ReadAsByteArrayAsync(Cancellation)).Code);
        Assert.Equal(StatusCode.Unavailable, grpc.StatusCode);
        Assert.NotNull(grpc.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(1, setup.Receiver.Http(OtlpSignal.Traces).Refused(RefusalReason.Busy));
        Assert.Equal(1, setup.Receiver.Grpc(OtlpSignal.Traces).Refused(RefusalReason.Busy));

        await slow.GetStream().WriteAsync(new byte[] { 0x0A, 0x00 }, Cancellation);
        Assert.True(await ReadAsync(slow) > 0);
        using var after = await setup.PostAsync();
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Streams_TheLimitOfAConnection_IsToldToClients()
    {
        await using var setup = new SecuredSetup();
        setup.Options.MaxStreamsPerConnection = 7;
        await setup.StartAsync();
        using var client = await ConnectAsync(setup.Receiver.GrpcEndpoint);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Cancellation);
        await client.GetStream().WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }, Cancellation);

        // The first frame of a server are its settings: a length, a type, flags and a stream, then pairs of two and four bytes.
        var frame = new byte[9];
        await client.GetStream().ReadExactlyAsync(frame, Cancellation);
        Assert.Equal(4, frame[3]);
        var settings = new byte[BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(1))];
        await client.GetStream().ReadExactlyAsync(settings, Cancellation);

        const int MaxConcurrentStreams = 3;
        var limits = settings.Chunk(6).ToDictionary(
            pair => BinaryPrimitives.ReadUInt16BigEndian(pair), pair => BinaryPrimitives.ReadUInt32BigEndian(pair.AsSpan(2)));
        Assert.Equal(7u, limits[MaxConcurrentStreams]);
    }

    [Theory]
    [InlineData("0.0.0.0:0", false, false, "without TLS and without authentication")]
    [InlineData("0.0.0.0:0", true, false, "without authentication, so that")]
    [InlineData("*:0", false, true, "without TLS, so that")]
    [InlineData("0.0.0.0:0", true, true, null)]
    [InlineData("localhost:0", false, false, null)]
    [InlineData("127.0.0.1:0", false, false, null)]
    public async Task Start_WhereOthersReachIt_WarnsOfWhatIsMissing(string endpoint, bool tls, bool token, string? lack)
    {
        await using var setup = new SecuredSetup();
        setup.Options.GrpcEndpoint = "none";
        setup.Options.HttpEndpoint = endpoint;
        if (tls)
            setup.WithTls();
        if (token)
            setup.Options.Authentication.BearerTokens.Add("token");
        await setup.StartAsync();

        var warnings = setup.Log.Lines.Where(line => line.EventId == 2007).ToArray();
        if (lack is null)
            Assert.Empty(warnings);
        else
            Assert.Contains(lack, Assert.Single(warnings).Message, StringComparison.Ordinal);
    }

    private static async Task<TcpClient> ConnectAsync(IPEndPoint endpoint)
    {
        var client = new TcpClient();
        await client.ConnectAsync(endpoint, Cancellation);
        return client;
    }

    /// <summary>Whether a new connection gets an answer; it may be reset as early as while it connects.</summary>
    private static async Task<bool> IsServedAsync(IPEndPoint endpoint)
    {
        try
        {
            using var client = await ConnectAsync(endpoint);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Cancellation);
            return await ReadAsync(client) > 0;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>Bytes that came; none when the connection was closed or reset.</summary>
    private static async Task<int> ReadAsync(TcpClient client)
    {
        try
        {
            return await Watchdog.WaitAsync(
                client.GetStream().ReadAsync(new byte[256], Cancellation).AsTask(), "an answer or the end of the connection", Cancellation);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
