using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>
/// Applications that hand their spans over in the process, killed at random moments: what Rotel had taken arrives, from the next one on the
/// same directory. <c>ROTEL_TEST_KILLS=100</c> kills more of them.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class HandOffCrashTests
{
    private const int BatchItems = 50;
    private const int Concurrency = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Application_KilledAtRandomMoments_NextOneDeliversAllThatWasTaken()
    {
        var random = new Random(FreshSeed.Value);
        await using var flapping = await FlappingBackend.StartAsync(random.Next(), Token);
        var backend = flapping.Backend;
        backend.KeepsRequests = true;
        await using var durable = new DurableRotel(
            ("ROTEL_DISK_QUEUE", "always"),
            ("ROTEL_MEMORY_LIMIT", "16MiB"),
            ("ROTEL_OTLP_GRPC_ENDPOINT", "none"),
            ("ROTEL_OTLP_HTTP_ENDPOINT", "none"),
            ("ROTEL_EXPORTER", "otlp"),
            ("ROTEL_OTLP_EXPORTER_ENDPOINT", backend.HttpEndpoint.ToString()),
            ("ROTEL_OTLP_EXPORTER_PROTOCOL", "http"),
            ("ROTEL_OTLP_EXPORTER_BATCH_MAX_SIZE", $"{BatchItems}"),
            ("ROTEL_OTLP_EXPORTER_MAX_CONCURRENT_REQUESTS", $"{Concurrency}"),
            ("ROTEL_OTLP_EXPORTER_RETRY_INITIAL_BACKOFF", "20ms"),
            ("ROTEL_OTLP_EXPORTER_RETRY_MAX_BACKOFF", "100ms"),
            ("ROTEL_BATCH_TIMEOUT", "20ms"));
        var taken = new List<string>();
        for (var kill = 0; kill < RunLength.Kills; kill++)
        {
            var changes = new ChangeSignal();
            await using var member = new Member($"k{kill}", durable.Environment, changes);
            await member.ReadyAsync();
            member.Process.Write("load");
            var spans = random.Next(1, 300);
            await Watchdog.UntilAsync(
                changes, () => member.AcknowledgedCount >= spans, () => string.Join('\n', member.Process.Lines), Token);
            member.Process.Kill();
            await member.Process.ExitAsync();
            taken.AddRange(member.Acknowledged);
        }

        await flapping.SettleAsync();
        await using (var last = new Member("last", durable.Environment, new ChangeSignal()))
        {
            await last.ReadyAsync();
            await backend.WaitForItemsAsync(OtlpSignal.Traces, taken.Count, Token);
            await last.FlushAsync();
            last.Process.Write("stop");
            Assert.Equal(0, await last.Process.ExitAsync());
        }

        var items = backend.Items(OtlpSignal.Traces);
        var duplicates = items.Values.Sum(count => count - 1);
        var bound = (RunLength.Kills + flapping.Departures) * Concurrency * BatchItems;
        var outcome = $"{FreshSeed.Variable}={FreshSeed.Value}: {RunLength.Kills} kills, {flapping.Departures} departures; "
            + $"{taken.Count} spans taken, {items.Count} arrived, {duplicates} of them again, at most {bound} may";
        TestContext.Current.TestOutputHelper?.WriteLine(outcome);
        Assert.Empty(taken.Except(SpanNames.KeptBy(backend)));
        Assert.True(duplicates <= bound, outcome);
    }
}
