using Rotel.Batching;
using Rotel.Otlp;

namespace Rotel.Delivery;

/// <summary>What every exporter has: batching, queue, retries, time-out.</summary>
public abstract class ExporterOptions
{
    /// <summary>Gets the batching of this exporter, which wins over the signal's and the global one.</summary>
    public BatchOptions Batch { get; } = new();

    /// <summary>Gets the retries of this exporter, which win over the global ones.</summary>
    public RetryOptions Retry { get; } = new();

    /// <summary>Gets or sets the longest one attempt may take.</summary>
    /// <value>The default is 5 s, as in Rotel and in the OpenTelemetry Collector.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how many batches of one signal are sent at the same time; a batch that waits for its retry counts.</summary>
    /// <value>The default is 10, as in Rotel and in the OpenTelemetry Collector. With 1, batches of a signal arrive in order.</value>
    public int MaxConcurrentRequests { get; set; } = 10;

    /// <summary>Gets or sets the bytes one signal's queue of this exporter may hold, waiting and in flight.</summary>
    /// <value>Unset, each queue has an equal share of the memory budget: budget / (queues + 1).</value>
    public long? QueueMaxBytes { get; set; }

    /// <summary>Gets or sets what happens when the queue is full.</summary>
    /// <value>
    /// Unset: <see cref="OverflowPolicy.Block"/> where a signal has one exporter, else <see cref="OverflowPolicy.DropOldest"/>.
    /// </value>
    public OverflowPolicy? Overflow { get; set; }

    /// <summary>Gets or sets whether the disk queue, where there is one, keeps telemetry for this exporter.</summary>
    /// <value>
    /// The default is <see langword="true"/>; <see langword="false"/> keeps what is meant for it in memory only. Environment:
    /// <c>ROTEL_EXPORTER_{NAME}_DISK_QUEUE</c>.
    /// </value>
    public bool DiskQueue { get; set; } = true;

    /// <summary>
    /// The names, in lower case, of the request headers that are sent on: requests with different values of them never share a batch.
    /// </summary>
    internal virtual IReadOnlyList<string> MetadataKeys => [];

    /// <summary>The longest one attempt may take for one signal; differs where an exporter can be set per signal.</summary>
    internal virtual TimeSpan RequestTimeoutFor(OtlpSignal signal) => RequestTimeout;
}
