using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

/// <summary>HTTP/2 and gRPC on the HTTP endpoint, beside HTTP/1.1.</summary>
public sealed class Http2PrefaceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Proves("server.http_versions")]
    public async Task HttpEndpoint_SpeaksEveryVersion(string version)
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var answer = await OtlpExchange.SendAsync(
            setup,
            new StandardLoad().Encode(OtlpSignal.Traces),
            configure: request =>
            {
                request.Version = Version.Parse(version);
                request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(version == "2.0" ? HttpVersion.Version20 : HttpVersion.Version11, answer.Version);
        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Http(OtlpSignal.Traces).Accepted);
    }

    [Fact]
    [Proves("server.one_port")]
    public async Task HttpEndpoint_ServesGrpc()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var channel = GrpcChannel.ForAddress(setup.HttpUri);

        await new TraceService.TraceServiceClient(channel).ExportAsync(new StandardLoad().Traces(), cancellationToken: Cancellation);

        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Grpc(OtlpSignal.Traces).Accepted);
    }

    [Fact]
    public async Task HttpEndpoint_GrpcThatIsRefused_GetsAGrpcStatus()
    {
        await using var setup = await ReceiverSetup.StartAsync(signals: [OtlpSignal.Logs]);
        using var channel = GrpcChannel.ForAddress(setup.HttpUri);

        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await new TraceService.TraceServiceClient(channel).ExportAsync(new StandardLoad().Traces(), cancellationToken: Cancellation));

        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
    }

    [Fact]
    public async Task GrpcEndpoint_SpeaksHttp2Only()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var client = new HttpClient();
        using var answer = await client.GetAsync(setup.GrpcUri, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("P", "OST /v1/traces HTTP/1.1\r\nHost: rotel\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200")]
    [InlineData("PRI ", "/ HTTP/1.1\r\nHost: rotel\r\n\r\n", "HTTP/1.1 404")]
    [InlineData("G", "ET / HTTP/1.1\r\nHost: rotel\r\n\r\n", "HTTP/1.1 404")]
    public async Task Http1_InPieces_IsNotTakenForThePreface(string start, string rest, string expected)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
        var stream = socket.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(start), Cancellation);
        await stream.FlushAsync(Cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(rest), Cancellation);

        var answer = new byte[1024];
        var length = await Watchdog.WaitAsync(stream.ReadAsync(answer, Cancellation).AsTask(), "an answer", Cancellation);
        Assert.StartsWith(expected, Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRI * HT")]
    public async Task SilentConnection_IsClosedWhenItsTimeIsOver(string start)
    {
        var options = ReceiverSetup.AnyPorts();
        options.Connections.KeepAliveTimeout = TimeSpan.FromMilliseconds(100);
        await using var setup = await ReceiverSetup.StartAsync(options);
        using var socket = new TcpClient();
        await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(start), Cancellation);

        Assert.Equal(0, await Watchdog.WaitAsync(socket.GetStream().ReadAsync(new byte[100], Cancellation).AsTask(), "the end", Cancellation));
    }

    [Fact]
    public async Task SilentConnection_DoesNotHoldUpTheStop()
    {
        var setup = await ReceiverSetup.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
        using (var answer = await OtlpExchange.SendAsync(setup, []))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await Watchdog.WaitAsync(setup.Receiver.StopAsync(setup.In(TimeSpan.FromHours(1)), Cancellation), "the receiver stopped", Cancellation);
        await setup.DisposeAsync();
    }

    [Fact]
    public async Task Connection_ThatEndsAtOnce_LeavesNothing()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        foreach (var start in new[] { "", "PRI", "PO" })
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), Cancellation);
            socket.Client.Shutdown(SocketShutdown.Send);
            await Watchdog.WaitAsync(stream.CopyToAsync(Stream.Null, Cancellation), "the end", Cancellation);
        }
    }
}
