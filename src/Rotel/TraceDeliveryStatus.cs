namespace Rotel;

/// <summary>How the delivery of a trace ended; later values are worse.</summary>
public enum TraceDeliveryStatus
{
    /// <summary>Every destination took every span.</summary>
    Delivered = 0,

    /// <summary>A destination refused spans for good.</summary>
    Rejected = 1,

    /// <summary>Spans were given up: not delivered in the time for retries, dropped from a full queue, or cut off by a shutdown.</summary>
    Dropped = 2,
}
