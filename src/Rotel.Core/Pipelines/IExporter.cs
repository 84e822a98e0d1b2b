using Rotel.Batching;
using Rotel.Delivery;

namespace Rotel.Pipelines;

/// <summary>
/// Sends batches to one destination. It owns neither batches nor retries: waiting, retrying, splitting, dropping and counting are
/// <see cref="ExporterQueue"/>'s. Called concurrently.
/// </summary>
internal interface IExporter : IAsyncDisposable
{
    /// <summary>
    /// What keeps the destination from taking anything, where the exporter knows before an attempt fails; null while it may well work. On
    /// one line, without secrets, for the health check.
    /// </summary>
    string? Problem => null;

    /// <summary>
    /// Puts a batch into the form it will be sent in, once, on a background thread; the caller owns the result. Null when the batch is sent
    /// as the wire form it is. Must not throw for any validated batch.
    /// </summary>
    EncodedBatch? Encode(OtlpBatch batch);

    /// <summary>
    /// Makes one attempt. The batch stays the caller's and is valid until the task completes. Cancellation means the attempt's time-out or
    /// shutdown; it may be answered by throwing <see cref="OperationCanceledException"/>.
    /// </summary>
    ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Sends what the exporter holds beside batches, such as statistics of an interval that is not over. Called when a flush or the
    /// shutdown has delivered the batches of a signal, so once for each and perhaps at the same time; what cannot be sent by then is the
    /// exporter's to count and log. Does not throw but for cancellation.
    /// </summary>
    ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
