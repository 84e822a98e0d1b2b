using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Durability;

/// <summary>A request that is larger than a batch has one record in the log, and goes out in pieces.</summary>
public sealed class DiskQueueCutTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DiskQueueMode.Always)]
    [InlineData(DiskQueueMode.Spill)]
    public async Task Stop_SomePiecesOfABodyAreDelivered_NextStartDeliversOnlyTheOthers(DiskQueueMode mode)
    {
        using var directory = new TemporaryDirectory();
        var first = new ScriptedExporter(async attempt =>
        {
            if (attempt.Number > 0)
                await Task.Delay(Timeout.InfiniteTimeSpan, attempt.CancellationToken);
            return ExportOutcome.Delivered();
        });
        await using (var durable = new DurableEngine(directory, mode))
        {
            var queue = durable.AddQueue(first, settings: EngineUnderTest.Settings(maxBytes: 1 << 20, maxItems: 3));
            await durable.OpenAsync();
            var intake = durable.Engine.CreateIntake(acknowledgement: AcknowledgementMode.Durable);
            Assert.True((await EngineUnderTest.IngestAsync(intake, DurableEngine.Body(0, spans: 9))).IsAccepted);
            await durable.UntilAsync(() => queue.HeldItems == 6, "one of three pieces settled");
            await durable.StopAsync(TimeSpan.Zero);
            Assert.Equal((9, 3, 6), (queue.Ledger.Accepted, queue.Ledger.Delivered, queue.Ledger.Kept));
        }

        await using var next = new DurableEngine(directory, mode);
        var second = ScriptedExporter.AlwaysDelivers();
        var resumed = next.AddQueue(second);
        await next.OpenAsync();
        await Watchdog.WaitAsync(resumed.FlushAsync(Token), "the flush", Token);
        Assert.Equal(
            Enumerable.Range(0, 9).Select(span => $"0.{span}"),
            DurableEngine.Delivered(first).Concat(DurableEngine.Delivered(second)).Order());
    }
}
