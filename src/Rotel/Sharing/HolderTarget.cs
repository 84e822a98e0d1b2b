using Rotel.Batching;
using Rotel.Pipelines;

namespace Rotel.Sharing;

/// <summary>The process that holds the shared agent.</summary>
internal sealed class HolderTarget(HolderClient holder, TimeProvider time) : IForwardTarget
{
    /// <summary>
    /// A holder that lives takes or refuses within half of it. One that waits for a delivery is waited for: it cannot be told to forget.
    /// </summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    public async ValueTask<ExportOutcome> SendAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        if (batch.IsTracked)
            return await holder.SendAsync(batch, awaitDelivery: true, cancellationToken).ConfigureAwait(false);

        using var late = new CancellationTokenSource(AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await holder.SendAsync(batch, awaitDelivery: false, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ExportOutcome.Retry($"process {holder.Holder.ProcessId} did not answer within {AnswerTimeout.TotalSeconds:0} s");
        }
    }

    public void Dispose() => holder.Dispose();
}
