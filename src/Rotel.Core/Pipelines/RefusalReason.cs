namespace Rotel.Pipelines;

/// <summary>
/// Why a request was not accepted; it is still the sender's. A closed list, the value of the attribute <c>rotel.reason</c> of
/// <c>rotel.receiver.refused</c>.
/// </summary>
internal enum RefusalReason
{
    /// <summary>The body is not a legal message of the signal. Not retryable.</summary>
    Malformed,

    /// <summary>The body is over the size limit, as sent or after decompression. Not retryable.</summary>
    TooLarge,

    /// <summary>An encoding or media type this receiver does not speak. Not retryable.</summary>
    Unsupported,

    /// <summary>No room in the memory budget or in a queue within the admission time-out. Retryable.</summary>
    Busy,

    /// <summary>Rotel is shutting down. Retryable.</summary>
    Stopping,

    /// <summary>Acknowledgement mode <c>delivered</c>: the destination did not confirm in time. Retryable.</summary>
    NotDelivered,

    /// <summary>Acknowledgement mode <c>delivered</c>: the destination refused the data for good. Not retryable.</summary>
    DestinationRejected,

    /// <summary>The sender has not shown who it is. Not retryable.</summary>
    Unauthenticated,

    /// <summary>The sender went away before its request was complete.</summary>
    SenderGone,
}
