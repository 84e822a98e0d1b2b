using Microsoft.Extensions.Time.Testing;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Delivery;

/// <summary>Who writes to disk what was not delivered needs the wire form of what was already encoded.</summary>
public sealed class KeptWireFormTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Encode_WireFormIsToBeKept_LetsGoOnlyWhatCanBeRestored(bool canRestore, bool keepsPayloads)
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var gate = new TaskCompletionSource();
        var body = TraceBody.Of(8, padding: 900);
        long charge = 0;
        var exporter = new ScriptedExporter(
            async _ =>
            {
                await gate.Task;
                return ExportOutcome.Delivered();
            })
        {
            Encoder = batch =>
            {
                var encoded = new ScriptedEncoding(engine.Pool, batch, canRestore) { Replaces = true };
                charge = encoded.Charge + (keepsPayloads ? batch.Charge : 0);
                return encoded;
            },
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings() with { KeepsWireForm = true });
        await EngineUnderTest.IngestAsync(engine.CreateIntake(), body);
        var flush = queue.FlushAsync(Token);
        await exporter.UntilAsync(e => e.Attempts.Count > 0);

        Assert.Equal(body, Assert.Single(exporter.Attempts[0].Bodies));
        Assert.Equal(charge, queue.UsedBytes);
        Assert.Equal(charge, engine.Pool.Budget.Reserved);
        gate.SetResult();
        await Watchdog.WaitAsync(flush, "the flush", Token);
        Assert.Equal(8, queue.Ledger.Delivered);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Halve_FormThatItsExporterCuts_IsNotCutAgainByItems()
    {
        using var engine = new EngineUnderTest(new FakeTimeProvider());
        var exporter = new ScriptedExporter(_ => new(ExportOutcome.TooLarge("413")))
        {
            Encoder = batch => new ScriptedEncoding(engine.Pool, batch, canRestore: false) { Replaces = true },
        };
        var queue = engine.AddQueue(exporter, EngineUnderTest.Settings() with { KeepsWireForm = true });
        await EngineUnderTest.IngestAsync(engine.CreateIntake(), TraceBody.Of(8));
        await Watchdog.WaitAsync(queue.FlushAsync(Token), "the flush", Token);

        Assert.Single(exporter.Attempts);
        Assert.Equal(8, queue.Ledger.Dropped(DropReason.ItemTooLarge));
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }
}
