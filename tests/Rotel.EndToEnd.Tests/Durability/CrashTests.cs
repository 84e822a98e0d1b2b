using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>
/// The process is killed at random moments, under load and while it starts, with a backend that comes and goes: everything that was
/// acknowledged as durable arrives. <c>ROTEL_TEST_KILLS=100</c> kills it more often.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class CrashTests
{
    private const int BatchItems = 50;
    private const int Concurrency = 2;

    private static readonly OtlpSignal[] Signals = [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("always", "crash_safe", "http")]
    [InlineData("always", "power_safe", "grpc")]
    [InlineData("spill", "crash_safe", "http")]
    public async Task Process_KilledAtRandomMoments_DeliversAllThatWasAcknowledged(string mode, string strength, string protocol)
    {
        var random = new Random(FreshSeed.Value);
        await using var flapping = await FlappingBackend.StartAsync(random.Next(), Token);
        var backend = flapping.Backend;
        await using var durable = new DurableRotel(
            ("ROTEL_DISK_QUEUE", mode),
            ("ROTEL_DISK_QUEUE_STRENGTH", strength),
            ("ROTEL_DISK_QUEUE_COMMIT_INTERVAL", "5ms"),
            ("ROTEL_OTLP_ACKNOWLEDGEMENT", "durable"),
            ("ROTEL_MEMORY_LIMIT", "16MiB"),
            ("ROTEL_EXPORTER", "otlp"),
            ("ROTEL_OTLP_EXPORTER_ENDPOINT", (protocol == "grpc" ? backend.GrpcEndpoint : backend.HttpEndpoint).ToString()),
            ("ROTEL_OTLP_EXPORTER_PROTOCOL", protocol),
            ("ROTEL_OTLP_EXPORTER_BATCH_MAX_SIZE", $"{BatchItems}"),
            ("ROTEL_OTLP_EXPORTER_MAX_CONCURRENT_REQUESTS", $"{Concurrency}"),
            ("ROTEL_OTLP_EXPORTER_RETRY_INITIAL_BACKOFF", "20ms"),
            ("ROTEL_OTLP_EXPORTER_RETRY_MAX_BACKOFF", "100ms"),
            ("ROTEL_BATCH_TIMEOUT", "20ms"),
            ("ROTEL_DRAIN_TIMEOUT", "20s"));
        var ledger = new ItemLedger();
        await using var load = new NumberedLoad(random.Next(1_000_000), ledger, mostItems: 20);

        for (var kill = 0; kill < RunLength.Kills; kill++)
        {
            // Some die while they start, which is when they repair what the one before left.
            if (random.Next(4) == 0)
            {
                var stillborn = durable.Begin();
                await Task.Delay(random.Next(1000), Token);
                stillborn.Kill();
                await stillborn.ExitAsync();
                continue;
            }

            var victim = await durable.StartAsync();
            load.Target = victim;
            await ledger.AcknowledgedAsync(ledger.Acknowledged + random.Next(1, 3000), durable.Said);
            await Task.Delay(random.Next(30), Token);
            victim.Process.Kill();
            load.Target = null;
            await victim.Process.ExitAsync();
        }

        await flapping.SettleAsync();
        var last = await durable.StartAsync();
        load.Target = last;
        await ledger.AcknowledgedAsync(ledger.Acknowledged + 100, durable.Said);
        await load.StopAsync();
        await ledger.DeliveredAsync(backend, durable.Said);
        await DurableRotel.StopAsync(last);

        // What is delivered is gone.
        var arrived = Signals.Sum(backend.ItemCount);
        await DurableRotel.StopAsync(await durable.StartAsync());
        Assert.Equal(arrived, Signals.Sum(backend.ItemCount));

        var duplicates = Signals.Sum(signal => ItemLedger.Duplicates(backend, signal));
        var bound = (RunLength.Kills + flapping.Departures) * Signals.Length * Concurrency * BatchItems;
        var outcome = $"{FreshSeed.Variable}={FreshSeed.Value}: {RunLength.Kills} kills, {flapping.Departures} departures; "
            + $"{ledger.Sent} items sent, {ledger.Acknowledged} acknowledged, {arrived} arrived, "
            + $"{duplicates} of them again, at most {bound} may";
        TestContext.Current.TestOutputHelper?.WriteLine(outcome);
        Assert.All(Signals, signal => Assert.Empty(ledger.Missing(backend, signal)));
        Assert.All(Signals, signal => Assert.Empty(ledger.Strange(backend, signal)));
        Assert.True(duplicates <= bound, outcome);
    }
}
