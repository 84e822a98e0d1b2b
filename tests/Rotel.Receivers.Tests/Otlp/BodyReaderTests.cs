using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

public sealed class BodyReaderTests
{
    private const int Senders = 20;
    private const int Promised = 2 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100)]
    [InlineData(140)]
    [InlineData(600)]
    [InlineData(7_000)]
    public async Task Body_OfAnyLength_ArrivesWholeOverBothProtocols(int spans)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var client = new HttpClient();
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);
        var load = new StandardLoad();
        var (overHttp, overGrpc) = ((ExportTraceServiceRequest)load.Next(OtlpSignal.Traces, spans), load.Next(OtlpSignal.Traces, spans));

        using var answer = await client.PostAsync(new Uri(setup.HttpUri, "v1/traces"), Content(overHttp), Cancellation);
        await new TraceService.TraceServiceClient(channel).ExportAsync((ExportTraceServiceRequest)overGrpc, cancellationToken: Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await setup.ArrivedAsync(2 * spans);
        Assert.Equal(OtlpItems.Keys(overHttp).Concat(OtlpItems.Keys(overGrpc)).Order(), setup.Exporter.Keys(OtlpSignal.Traces).Order());
    }

    /// <summary>Together they promise ten times the budget.</summary>
    [Fact]
    public async Task Bodies_PromisedAndNotSent_LeaveRoomForOthers()
    {
        await using var setup = await ReceiverSetup.StartAsync(budget: 4 * 1024 * 1024);
        var head = Encoding.ASCII.GetBytes(
            $"POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nContent-Type: application/x-protobuf\r\nContent-Length: {Promised}\r\n\r\n\n");
        var sockets = new List<TcpClient>();
        for (var i = 0; i < Senders; i++)
        {
            sockets.Add(new TcpClient());
            await sockets[^1].ConnectAsync(setup.HttpEndpoint, Cancellation);
            await sockets[^1].GetStream().WriteAsync(head, Cancellation);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Watchdog.Deadline);
        while (setup.Pool.Budget.Reserved < Senders * 64 * 1024)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        using var client = new HttpClient();
        using var answer = await client.PostAsync(
            new Uri(setup.HttpUri, "v1/traces"), Content(new StandardLoad().Next(OtlpSignal.Traces)), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        sockets.ForEach(socket => socket.Dispose());
    }

    private static ByteArrayContent Content(IMessage request) => new(request.ToByteArray())
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf") },
    };
}
