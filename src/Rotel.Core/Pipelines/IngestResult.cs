namespace Rotel.Pipelines;

/// <summary>What became of one request: accepted (Rotel's now) or refused (still the sender's).</summary>
internal readonly struct IngestResult
{
    private IngestResult(bool isAccepted, int itemCount, int rejectedItems, RefusalReason reason, string? message, TimeSpan? retryAfter)
    {
        IsAccepted = isAccepted;
        ItemCount = itemCount;
        RejectedItems = rejectedItems;
        Reason = reason;
        Message = message;
        RetryAfter = retryAfter;
    }

    public bool IsAccepted { get; }

    /// <summary>Items accepted.</summary>
    public int ItemCount { get; }

    /// <summary>Items left out of an accepted request: partial success. Not to be sent again.</summary>
    public int RejectedItems { get; }

    /// <summary>Meaningful when refused.</summary>
    public RefusalReason Reason { get; }

    /// <summary>For the developer at the other end; set when refused or partly accepted.</summary>
    public string? Message { get; }

    /// <summary>How long the sender should wait; set for retryable refusals.</summary>
    public TimeSpan? RetryAfter { get; }

    public static IngestResult Accepted(int itemCount) => new(true, itemCount, 0, default, null, null);

    public static IngestResult PartlyAccepted(int itemCount, int rejectedItems, string message) =>
        new(true, itemCount, rejectedItems, default, message, null);

    public static IngestResult Refused(RefusalReason reason, string message, TimeSpan? retryAfter = null) =>
        new(false, 0, 0, reason, message, retryAfter);
}
