namespace Rotel.Pipelines;

/// <summary>What one attempt to export a batch came to. Expected failures are values; an exporter throws only for defects.</summary>
internal readonly struct ExportOutcome
{
    private ExportOutcome(
        ExportOutcomeKind kind, DropReason reason, long rejectedItems, TimeSpan? retryAfter, string? message, int httpStatus = 0)
    {
        Kind = kind;
        Reason = reason;
        RejectedItems = rejectedItems;
        RetryAfter = retryAfter;
        Message = message;
        HttpStatus = httpStatus;
    }

    public ExportOutcomeKind Kind { get; }

    /// <summary>Why the batch is dropped; meaningful when <see cref="Kind"/> is Rejected.</summary>
    public DropReason Reason { get; }

    /// <summary>Items that a destination which took the batch refused (OTLP partial success).</summary>
    public long RejectedItems { get; }

    /// <summary>The least time the destination asked to wait; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What the destination or the transport said, for the log; bounded, without secrets.</summary>
    public string? Message { get; }

    /// <summary>The status of the HTTP answer that it comes from; 0 where it does not, or the exporter does not say.</summary>
    public int HttpStatus { get; }

    /// <summary>The same with other words.</summary>
    public ExportOutcome WithMessage(string? message) => new(Kind, Reason, RejectedItems, RetryAfter, message, HttpStatus);

    /// <summary>The same with the status of the HTTP answer that it comes from.</summary>
    public ExportOutcome WithHttpStatus(int status) => new(Kind, Reason, RejectedItems, RetryAfter, Message, status);

    public static ExportOutcome Delivered() => new(ExportOutcomeKind.Delivered, default, 0, null, null);

    /// <summary>Delivered, with some items refused or a warning (0 items and a message).</summary>
    public static ExportOutcome PartlyDelivered(long rejectedItems, string? message) =>
        new(ExportOutcomeKind.Delivered, default, rejectedItems, null, message);

    public static ExportOutcome Retry(string message, TimeSpan? retryAfter = null) =>
        new(ExportOutcomeKind.Retry, default, 0, retryAfter, message);

    /// <summary>The batch is larger than the destination takes: it is split and sent in halves.</summary>
    public static ExportOutcome TooLarge(string message) => new(ExportOutcomeKind.TooLarge, default, 0, null, message);

    public static ExportOutcome Rejected(string message, DropReason reason = DropReason.DestinationRejected) =>
        new(ExportOutcomeKind.Rejected, reason, 0, null, message);
}
