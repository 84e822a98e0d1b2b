using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.EndToEnd;

/// <summary>One agent that listens for OTLP and consumes from Kafka, <c>ROTEL_RECEIVERS=otlp,kafka</c>.</summary>
public sealed class TwoReceiversTests
{
    [Fact]
    public async Task Agent_WithBothReceivers_DeliversWhatComesFromEither()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var route = await KafkaRoute.CreateAsync();
        var edge = await route.StartEdgeAsync();
        var tier = await route.StartTierAsync(backend, all: options => options.Receivers.AddOtlp());
        var load = new StandardLoad();
        var (direct, through) = (load.Traces(5), load.Traces(7));

        await route.SendAsync(tier, direct);
        await route.SendAsync(edge, through);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 12, cancellation);
        await route.CaughtUpAsync();

        Assert.Equal(
            OtlpItems.Keys(direct).Concat(OtlpItems.Keys(through)).Order(StringComparer.Ordinal),
            backend.Items(OtlpSignal.Traces).Keys.Order(StringComparer.Ordinal));
    }
}
