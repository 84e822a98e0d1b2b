using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>What a ledger keeps of the last attempts.</summary>
public sealed class ExporterLedgerTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly RotelMetrics _metrics = new(new ByteBudget(1024));

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Ledger_OfNoAttempt_HasNeitherSuccessNorFailure()
    {
        var ledger = _metrics.CreateExporterLedger("vendor", OtlpSignal.Traces);

        Assert.Null(ledger.LastSuccess);
        Assert.Null(ledger.LastFailure);
        Assert.Null(ledger.LastLoss);
    }

    [Fact]
    public void Attempts_OfEachKind_AreNotedWithTheirTime()
    {
        var ledger = _metrics.CreateExporterLedger("vendor", OtlpSignal.Traces);

        ledger.NoteAttempt(ExportOutcome.Retry("HTTP 503"), Noon);
        Assert.Equal((1, null), (ledger.FailedAttempts, ledger.LastSuccess));
        Assert.Equal(new LastFailure(Noon, "HTTP 503"), ledger.LastFailure);

        ledger.NoteAttempt(ExportOutcome.Delivered(), Noon.AddSeconds(1));
        Assert.Equal((1, Noon.AddSeconds(1)), (ledger.FailedAttempts, ledger.LastSuccess));
        Assert.Equal(Noon, ledger.LastFailure?.At);

        // Taken, but not all of it: a success and a failure in one.
        ledger.NoteAttempt(ExportOutcome.PartlyDelivered(3, "too old"), Noon.AddSeconds(2));
        Assert.Equal((1, Noon.AddSeconds(2)), (ledger.FailedAttempts, ledger.LastSuccess));
        Assert.Equal(new LastFailure(Noon.AddSeconds(2), "too old"), ledger.LastFailure);

        // A destination that only warns has refused nothing.
        ledger.NoteAttempt(ExportOutcome.PartlyDelivered(0, "be careful"), Noon.AddSeconds(3));
        Assert.Equal("too old", ledger.LastFailure?.Message);

        ledger.CountDropped(DropReason.QueueFull, 5, Noon.AddSeconds(4));
        Assert.Equal((5, Noon.AddSeconds(4)), (ledger.TotalDropped, ledger.LastLoss));
    }

    [Fact]
    public void Successes_CostNoAllocation()
    {
        var ledger = _metrics.CreateExporterLedger("vendor", OtlpSignal.Traces);
        ledger.NoteAttempt(ExportOutcome.Delivered(), Noon);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            ledger.NoteAttempt(ExportOutcome.Delivered(), Noon);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
