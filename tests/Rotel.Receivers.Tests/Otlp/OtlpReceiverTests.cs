using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

public sealed class OtlpReceiverTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_LocalhostWithPortZero_BindsBothLoopbacksToOnePort()
    {
        await using var setup = await ReceiverSetup.StartAsync(
            new OtlpReceiverOptions { GrpcEndpoint = "localhost:0", HttpEndpoint = "localhost:0" });

        foreach (var bound in new[] { setup.Receiver.GrpcEndpoints, setup.Receiver.HttpEndpoints })
        {
            var endpoints = bound.Cast<IPEndPoint>().ToList();
            Assert.All(endpoints, endpoint => Assert.True(IPAddress.IsLoopback(endpoint.Address)));
            Assert.NotEqual(0, Assert.Single(endpoints.Select(endpoint => endpoint.Port).Distinct()));
            foreach (var endpoint in endpoints)
            {
                using var client = new TcpClient(endpoint.AddressFamily);
                await client.ConnectAsync(endpoint, Cancellation);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("none")]
    public async Task Start_EndpointOff_DoesNotListen(string? off)
    {
        await using var setup = await ReceiverSetup.StartAsync(new OtlpReceiverOptions { GrpcEndpoint = off, HttpEndpoint = "127.0.0.1:0" });
        Assert.Empty(setup.Receiver.GrpcEndpoints);
        Assert.Single(setup.Receiver.HttpEndpoints);
    }

    [Fact]
    public async Task Start_BothOff_Succeeds()
    {
        await using var setup = await ReceiverSetup.StartAsync(new OtlpReceiverOptions { GrpcEndpoint = "none", HttpEndpoint = "none" });
        Assert.Empty(setup.Receiver.HttpEndpoints);
    }

    [Fact]
    public async Task Start_PortInUse_NamesSettingAndAddressAndLeavesNothingBound()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = other.LocalEndpoint.ToString();

        var error = await Assert.ThrowsAsync<IOException>(
            () => ReceiverSetup.StartAsync(new OtlpReceiverOptions { GrpcEndpoint = "127.0.0.1:0", HttpEndpoint = taken }));

        Assert.Contains("otlp_http_endpoint", error.Message, StringComparison.Ordinal);
        Assert.Contains(taken!, error.Message, StringComparison.Ordinal);
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_RequestInFlight_IsFinishedAndNewConnectionsAreNot()
    {
        var setup = await ReceiverSetup.StartAsync();
        var body = new StandardLoad().Encode(OtlpSignal.Traces);
        using var socket = new TcpClient();
        await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nExpect: 100-continue\r\n" +
                $"Content-Type: application/x-protobuf\r\nContent-Length: {body.Length}\r\n\r\n"),
            Cancellation);
        var answer = new byte[1024];
        var length = await stream.ReadAsync(answer, Cancellation);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);

        var stopping = setup.Receiver.StopAsync(setup.In(TimeSpan.FromSeconds(30)), Cancellation);
        await RefusesConnectionsAsync(setup.HttpEndpoint);
        Assert.False(stopping.IsCompleted);
        await stream.WriteAsync(body, Cancellation);
        length = await stream.ReadAsync(answer, Cancellation);

        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        await Watchdog.WaitAsync(stopping, "the receiver stopped", Cancellation);
        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        await setup.DisposeAsync();
    }

    /// <summary>The listening socket closes while the server stops: connections made until then are cut, later ones refused.</summary>
    private static async Task RefusesConnectionsAsync(IPEndPoint endpoint)
    {
        while (true)
        {
            using var late = new TcpClient();
            try
            {
                await late.ConnectAsync(endpoint, Cancellation);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task Stop_SenderThatNeverFinishes_IsCutAtDeadline()
    {
        var setup = await ReceiverSetup.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
        await socket.GetStream().WriteAsync(
            "POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nExpect: 100-continue\r\nContent-Type: application/x-protobuf\r\nContent-Length: 9\r\n\r\n"u8.ToArray(),
            Cancellation);
        Assert.True(await socket.GetStream().ReadAsync(new byte[1024], Cancellation) > 0);

        await Watchdog.WaitAsync(
            setup.Receiver.StopAsync(setup.In(TimeSpan.FromMilliseconds(100)), Cancellation), "the receiver stopped", Cancellation);

        await setup.NothingHeldAsync();
        await setup.DisposeAsync();
    }

    [Fact]
    public async Task Requests_WithEverybodyListening_MakeNoActivityMetricOrDiagnosticEvent()
    {
        var seen = new ConcurrentBag<string>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity => seen.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(activities);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal))
                    seen.Add(instrument.Name);
            },
        };
        meters.Start();

        await using var setup = await ReceiverSetup.StartAsync();
        using var client = new HttpClient();
        using var content = new ByteArrayContent(new StandardLoad().Encode(OtlpSignal.Traces));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await client.PostAsync(new Uri(setup.HttpUri, "/v1/traces"), content, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(seen);
    }

    [Fact]
    public async Task Senders_ManyAtOnceWithGoodAndBadBodies_EveryGoodItemArrivesOnce()
    {
        const int senders = 16;
        const int requests = 25;
        await using var setup = await ReceiverSetup.StartAsync(budget: 8 * 1024 * 1024, queueBytes: 2 * 1024 * 1024);
        using var http = new HttpClient();
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);
        var traces = new TraceService.TraceServiceClient(channel);
        var good = new ConcurrentBag<string>();

        await Watchdog.WaitAsync(Task.WhenAll(Enumerable.Range(0, senders).Select(i => Task.Run(() => SendAsync(i), Cancellation))), "all sent", Cancellation);

        await setup.ArrivedAsync(good.Count);
        Assert.Equal(good.Order(), setup.Exporter.Keys(OtlpSignal.Traces).Order());
        await setup.NothingHeldAsync();

        async Task SendAsync(int sender)
        {
            var load = new StandardLoad(sender);
            var random = new Random(sender);
            for (var i = 0; i < requests; i++)
            {
                var request = load.Traces(random.Next(1, 200));
                if (sender % 2 == 0)
                {
                    await traces.ExportAsync(request, cancellationToken: Cancellation);
                    OtlpItems.Keys(request).ToList().ForEach(good.Add);
                    continue;
                }

                var body = Google.Protobuf.MessageExtensions.ToByteArray(request);
                var isBad = random.Next(3) == 0;
                if (isBad)
                    body = body[..^random.Next(1, body.Length)];
                var isGzip = random.Next(2) == 0;
                using var content = new ByteArrayContent(isGzip ? OtlpHttpHandlerTests.Gzip(body) : body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
                if (isGzip)
                    content.Headers.ContentEncoding.Add("gzip");
                using var answer = await http.PostAsync(new Uri(setup.HttpUri, "/v1/traces"), content, Cancellation);
                Assert.Equal(isBad ? HttpStatusCode.BadRequest : HttpStatusCode.OK, answer.StatusCode);
                if (!isBad)
                    OtlpItems.Keys(request).ToList().ForEach(good.Add);
            }
        }
    }
}
