using Rotel.Otlp;

namespace Rotel.Batching;

public sealed class FlushEpochsTests
{
    [Fact]
    public void NextEpoch_NothingIsHeld_IsDone()
    {
        Assert.True(new FlushEpochs().NextEpoch().IsCompleted);
    }

    [Fact]
    public void NextEpoch_LaterBatchesAreHeld_WaitsForEarlierOnesOnly()
    {
        var epochs = new FlushEpochs();
        var early = Begin(epochs);
        var flushed = epochs.NextEpoch();
        Begin(epochs);

        Assert.False(flushed.IsCompleted);
        epochs.End(early);
        Assert.True(flushed.IsCompleted);
    }

    [Fact]
    public void NextEpoch_EarlierEpochIsUnsettled_WaitsForThatToo()
    {
        var epochs = new FlushEpochs();
        var first = Begin(epochs);
        var one = epochs.NextEpoch();
        var second = Begin(epochs);
        var two = epochs.NextEpoch();

        epochs.End(second);
        Assert.False(one.IsCompleted || two.IsCompleted);
        epochs.End(first);
        Assert.True(one.IsCompleted && two.IsCompleted);
    }

    [Fact]
    public void NextEpoch_BatchIsReplacedByPieces_WaitsForThePieces()
    {
        var epochs = new FlushEpochs();
        var whole = Begin(epochs);
        var flushed = epochs.NextEpoch();
        var pieces = Enumerable.Range(0, 3).Select(_ => new OtlpBatch(OtlpSignal.Traces)).ToList();
        foreach (var piece in pieces)
        {
            piece.ContinueFor(whole);
            epochs.BeginPiece(piece);
        }

        epochs.End(whole);
        epochs.End(pieces[0]);
        epochs.End(pieces[1]);
        Assert.False(flushed.IsCompleted);
        epochs.End(pieces[2]);
        Assert.True(flushed.IsCompleted);
    }

    private static OtlpBatch Begin(FlushEpochs epochs)
    {
        var batch = new OtlpBatch(OtlpSignal.Traces);
        epochs.Begin(batch);
        return batch;
    }
}
