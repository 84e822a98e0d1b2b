namespace Rotel.Pipelines;

/// <summary>When a receiver answers success.</summary>
public enum AcknowledgementMode
{
    /// <summary>When the request is in every target queue, in memory.</summary>
    Accepted,

    /// <summary>
    /// When every destination has taken it. A destination that does not confirm by the sender's deadline makes a retryable refusal, though
    /// the data may still arrive: a sender that tries again can cause duplicates.
    /// </summary>
    Delivered,

    /// <summary>
    /// When it is in the disk queue, as strongly as that is set to write. Needs a disk queue, in mode <c>spill</c> too: requests of such a
    /// receiver are then written even while there is room in memory.
    /// </summary>
    Durable,
}
