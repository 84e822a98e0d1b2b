namespace Rotel.Delivery;

/// <summary>What happens when a payload arrives at a full exporter queue.</summary>
public enum OverflowPolicy
{
    /// <summary>
    /// The sender waits up to the admission time-out, then gets a retryable refusal. Default where a signal has one exporter.
    /// </summary>
    Block,

    /// <summary>
    /// The oldest waiting batches make room and are counted as dropped (<c>queue_full</c>). Default where a signal has several exporters,
    /// so that a dead one harms only itself.
    /// </summary>
    DropOldest,

    /// <summary>The new payload is not queued for this exporter and is counted as dropped (<c>queue_full</c>).</summary>
    DropNewest,
}
