using Google.Protobuf;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// The OpenTelemetry .NET SDK, a Rotel, a second Rotel, a backend: what arrives is what the SDK sends to a backend directly, field by
/// field.
/// </summary>
public sealed class SdkDeliveryTests
{
    public static MatrixTheoryData<SdkRoute, OtlpProtocol, OtlpCompression> Paths() =>
        new MatrixTheoryData<SdkRoute, OtlpProtocol, OtlpCompression>(
            [SdkRoute.Grpc, SdkRoute.HttpProtobuf, SdkRoute.HandOff],
            [OtlpProtocol.Grpc, OtlpProtocol.Http],
            [OtlpCompression.Gzip, OtlpCompression.None]);

    [Theory]
    [MemberData(nameof(Paths))]
    [Proves("server.signals")]
    public async Task Telemetry_ThroughTwoRotels_ArrivesWithEveryFieldAsSent(
        SdkRoute route, OtlpProtocol protocol, OtlpCompression compression)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var oracle = await OtlpBackend.StartAsync(cancellation);
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var second = await TestAgent.StartAsync(options => options.SendTo(backend, OtlpProtocol.Http));
        await using var first = await TestAgent.StartAsync(options => options.Exporters.AddOtlp("second", exporter =>
        {
            exporter.Endpoint = protocol == OtlpProtocol.Grpc ? second.GrpcUri() : second.HttpUri();
            exporter.Protocol = protocol;
            exporter.Compression = compression;
        }));
        using var application = new InstrumentedApplication(route, first, oracle);

        application.DoBusiness();
        Assert.True(application.Flush());
        await Watchdog.WaitAsync(first.FlushQueuesAsync(cancellation), "the first Rotel flushed", cancellation);
        await Watchdog.WaitAsync(second.FlushAsync(cancellation), "the second Rotel flushed", cancellation);

        AssertSame(oracle, backend, OtlpSignal.Traces, ItemTexts.Of, atLeast: 40);
        AssertSame(oracle, backend, OtlpSignal.Metrics, ItemTexts.WithoutTimes, atLeast: 20);
        AssertSame(oracle, backend, OtlpSignal.Logs, ItemTexts.Of, atLeast: 61);
    }

    /// <summary>Where the SDK's requests can be seen on their way, not even the times of metrics may differ.</summary>
    [Fact]
    public async Task Metrics_AsTheSdkWroteThem_ArriveWithTheirTimes()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var oracle = await OtlpBackend.StartAsync(cancellation);
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var second = await TestAgent.StartAsync(options => options.SendTo(backend, OtlpProtocol.Grpc));
        await using var first = await TestAgent.StartAsync(options => options.Exporters.AddOtlp("second", exporter =>
            exporter.Endpoint = second.GrpcUri()));
        using var wire = new WireTap();
        using var application = new InstrumentedApplication(SdkRoute.HttpProtobuf, first, oracle, wire);

        application.DoBusiness();
        Assert.True(application.Flush());
        await Watchdog.WaitAsync(first.FlushAsync(cancellation), "the first Rotel flushed", cancellation);
        await Watchdog.WaitAsync(second.FlushAsync(cancellation), "the second Rotel flushed", cancellation);

        var sent = ItemTexts.Of(wire.MetricsRequests);
        Assert.NotEmpty(sent);
        Assert.Equal(sent, ItemTexts.Of(MessagesOf(backend, OtlpSignal.Metrics)));
    }

    private static void AssertSame(
        OtlpBackend oracle, OtlpBackend backend, OtlpSignal signal, Func<IEnumerable<IMessage>, List<string>> read, int atLeast)
    {
        var expected = read(MessagesOf(oracle, signal));
        Assert.True(expected.Count >= atLeast, $"only {expected.Count} items of {signal} were sent");
        Assert.Equal(expected, read(MessagesOf(backend, signal)));
    }

    private static IEnumerable<IMessage> MessagesOf(OtlpBackend backend, OtlpSignal signal) =>
        backend.Requests.Where(request => request.Signal == signal).Select(request => request.Message);
}
