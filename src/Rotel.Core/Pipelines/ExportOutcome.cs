namespace Rotel.Pipelines;

/// <summary>What one attempt to export a batch came to. Expected failures are values; an exporter throws only for defects.</summary>
internal readonly struct ExportOutcome
{
    private ExportOutcome(ExportOutcomeKind kind, DropReason reason, long rejectedItems, TimeSpan? retryAfter, string? message)
    {
        Kind = kind;
        Reason = reason;
        RejectedItems = rejectedItems;
        RetryAfter = retryAfter;
        Message = message;
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

    /// <summary>The same with other words.</summary>
    public ExportOutcome WithMessage(string? message) => new(Kind, Reason, RejectedItems, RetryAfter, message);

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
