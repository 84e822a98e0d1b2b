using Rotel.Pipelines;

namespace Rotel.Delivery;

/// <summary>How the delivery of a batch ended: taken by the destination, dropped for a reason, or to be split.</summary>
internal readonly struct DeliveryEnd
{
    private readonly long _rejectedItems;
    private readonly bool _isDropped;

    private DeliveryEnd(bool isDropped, bool isTooLarge, DropReason reason, long rejectedItems, string? message, int keptItems = 0)
    {
        KeptItems = keptItems;
        _isDropped = isDropped;
        IsTooLarge = isTooLarge;
        Reason = reason;
        _rejectedItems = rejectedItems;
        Message = message;
    }

    /// <summary>The batch is still whole and has to be sent in smaller pieces.</summary>
    public bool IsTooLarge { get; }

    /// <summary>Shutdown cut the delivery off.</summary>
    public bool IsShutDown => _isDropped && Reason == DropReason.Shutdown;

    /// <summary>Items that are on disk for the next start.</summary>
    public int KeptItems { get; }

    /// <summary>Why items were lost; meaningful where any were.</summary>
    public DropReason Reason { get; }

    /// <summary>What the destination or the transport said last.</summary>
    public string? Message { get; }

    public DeliveryStatus Status =>
        KeptItems > 0 ? DeliveryStatus.Kept
        : _isDropped ? Reason.Status()
        : _rejectedItems > 0 ? DeliveryStatus.Rejected
        : DeliveryStatus.Delivered;

    public static DeliveryEnd Delivered(long rejectedItems, string? message) =>
        new(false, false, DropReason.PartiallyRejected, Math.Max(rejectedItems, 0), message);

    public static DeliveryEnd Dropped(DropReason reason, string? message) => new(true, false, reason, 0, message);

    public static DeliveryEnd ShutDown(string? message = null) => Dropped(DropReason.Shutdown, message ?? "the drain deadline passed");

    /// <summary>The same end, of which so many items are not lost: they are on disk.</summary>
    public DeliveryEnd WithKept(int items) => new(_isDropped, IsTooLarge, Reason, _rejectedItems, Message, items);

    public static DeliveryEnd TooLarge() => new(false, true, default, 0, null);

    /// <summary>How many of a batch's items were not delivered; a destination cannot refuse more than it was sent.</summary>
    /// <param name="itemCount">The items of the batch.</param>
    /// <param name="deliveredItems">Those that arrived before the batch was dropped.</param>
    public int LostItems(int itemCount, long deliveredItems = 0) => _isDropped
        ? itemCount - KeptItems - (int)Math.Clamp(deliveredItems, 0, itemCount - KeptItems)
        : (int)Math.Min(_rejectedItems, itemCount);
}
