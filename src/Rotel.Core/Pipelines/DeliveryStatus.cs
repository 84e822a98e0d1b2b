namespace Rotel.Pipelines;

/// <summary>How the delivery of a payload, or of a piece of it, ended; later values are worse.</summary>
internal enum DeliveryStatus
{
    /// <summary>The destination took it.</summary>
    Delivered = 0,

    /// <summary>The destination refused it for good; trying again would not help. Counted.</summary>
    Rejected = 1,

    /// <summary>Given up: expired, dropped by policy, or shut down. Counted; the sender may still try again.</summary>
    Abandoned = 2,
}
