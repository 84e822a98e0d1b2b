using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.EndToEnd;

/// <summary>What goes into Kafka by one agent comes out by another, in every form that it can have in between.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    private const int RequestsOfASignal = 8;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The same requests in every codec; Google.Protobuf reads what arrives, item by item with all that is around each.</summary>
    [Theory]
    [InlineData(KafkaFormat.Protobuf)]
    [InlineData(KafkaFormat.Json)]
    public async Task EverySignal_InEveryCodec_ArrivesAsItWasSent(KafkaFormat format)
    {
        output.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        var generator = new TelemetryGenerator(FreshSeed.Value);
        var requests = KafkaRoute.Signals.ToDictionary(
            signal => signal, signal => Enumerable.Range(0, RequestsOfASignal).Select(_ => generator.Request(signal)).ToArray());
        var codecs = Enum.GetValues<KafkaCompression>();
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var route = await KafkaRoute.CreateAsync(partitions: 2);
        var bytes = new Dictionary<KafkaCompression, long>();
        foreach (var codec in codecs)
        {
            var before = AppendedBytes(route);
            var edge = await route.StartEdgeAsync(exporter => (exporter.Format, exporter.Compression) = (format, codec));
            foreach (var request in requests.Values.SelectMany(all => all))
                await route.SendAsync(edge, request);
            await KafkaRoute.FlushAsync(edge);
            bytes[codec] = AppendedBytes(route) - before;
        }

        await route.StartTierAsync(backend, receiver => receiver.Format = format);
        foreach (var signal in KafkaRoute.Signals)
            await backend.WaitForItemsAsync(signal, (long)codecs.Length * requests[signal].Sum(OtlpItems.Count), Cancellation);
        await route.CaughtUpAsync();

        foreach (var signal in KafkaRoute.Signals)
        {
            var sent = requests[signal].SelectMany(OtlpFlattening.Items).ToList();
            var arrived = backend.Requests
                .Where(request => request.Signal == signal)
                .SelectMany(request => OtlpFlattening.Items(request.Message));
            Assert.Equal(Enumerable.Repeat(sent, codecs.Length).SelectMany(items => items).Order(), arrived.Order());
        }

        if (route.Cluster.Simulator is null)
            return;
        foreach (var codec in codecs.Where(codec => codec != KafkaCompression.None))
            Assert.InRange(bytes[codec], 1, bytes[KafkaCompression.None] - 1);
    }

    private static long AppendedBytes(KafkaRoute route) => route.Cluster.Simulator?.Appends.Sum(append => (long)append.Bytes) ?? 0;
}
