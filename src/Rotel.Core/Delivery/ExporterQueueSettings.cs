using Rotel.Batching;
using Rotel.DeadLetters;
using Rotel.Diagnostics;
using Rotel.Durability;

namespace Rotel.Delivery;

/// <summary><see cref="ExporterOptions"/> for one signal, with every value decided.</summary>
/// <param name="Exporter">The exporter's name.</param>
/// <param name="MaxBytes">What the queue may hold, waiting and in flight.</param>
/// <param name="Overflow">What happens beyond that.</param>
/// <param name="Batch">When a batch is closed.</param>
/// <param name="Retry">The schedule each batch starts with.</param>
/// <param name="RequestTimeout">The longest one attempt may take.</param>
/// <param name="MaxConcurrentRequests">Batches sent at the same time.</param>
internal sealed record ExporterQueueSettings(
    string Exporter,
    long MaxBytes,
    OverflowPolicy Overflow,
    BatchLimits Batch,
    RetrySchedule Retry,
    TimeSpan RequestTimeout,
    int MaxConcurrentRequests)
{
    /// <summary>As <see cref="ExporterOptions.MetadataKeys"/>.</summary>
    public IReadOnlyList<string> MetadataKeys { get; init; } = [];

    /// <summary>Where the queue has what memory does not hold; null where it has nothing on disk.</summary>
    public DiskLane? Lane { get; init; }

    /// <summary>Where attempts show as activities; null where nobody asked for them.</summary>
    public ExportActivities? Activities { get; init; }

    /// <summary>
    /// Keeps instrumentation of the host's from looking at an attempt until the result is disposed, in the flow of the call: what the
    /// runtime tells of connections would come back as spans to export. Null where there is none.
    /// </summary>
    public Func<IDisposable>? SuppressInstrumentation { get; init; }

    /// <summary>Takes batches that are refused for good; null where nobody keeps them.</summary>
    public DeadLetterStore? DeadLetters { get; init; }

    /// <summary>
    /// Keeps the wire form of a batch beside an encoded form that cannot restore it, for whoever writes to disk what was not delivered. The
    /// batch is charged for both.
    /// </summary>
    public bool KeepsWireForm { get; init; }
}
