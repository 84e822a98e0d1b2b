namespace Rotel.Pipelines;

/// <summary>How the delivery of a payload, or of a piece of it, ended; later values are worse.</summary>
internal enum DeliveryStatus
{
    /// <summary>The destination took it.</summary>
    Delivered = 0,

    /// <summary>The destination refused it for good; trying again would not help. Counted.</summary>
    Rejected = 1,

    /// <summary>Tried for as long as the settings ask (<c>retry_max_elapsed_time</c>), then given up. Counted.</summary>
    Expired = 2,

    /// <summary>Dropped by policy, cut off by shutdown, or lost to a defect. Counted; the sender may still try again.</summary>
    Abandoned = 3,

    /// <summary>
    /// Left in the log of a disk queue when Rotel stopped, for the next start. To a sender it means no more than <see cref="Abandoned"/>.
    /// </summary>
    Kept = 4,
}
