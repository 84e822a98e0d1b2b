namespace Rotel.Pipelines;

internal static class DropReasons
{
    public const int Count = (int)DropReason.DiskQueueDamaged + 1;

    /// <summary>The reason as metrics and logs write it.</summary>
    public static string Name(this DropReason reason) => reason switch
    {
        DropReason.QueueFull => "queue_full",
        DropReason.RetryExpired => "retry_expired",
        DropReason.DestinationRejected => "destination_rejected",
        DropReason.PartiallyRejected => "partially_rejected",
        DropReason.ItemTooLarge => "item_too_large",
        DropReason.Shutdown => "shutdown",
        DropReason.ExporterFault => "exporter_fault",
        DropReason.DiskQueueFull => "disk_queue_full",
        DropReason.DiskQueueExpired => "disk_queue_expired",
        _ => "disk_queue_damaged",
    };

    /// <summary>
    /// What a sender who tracks completion is told: rejected when no retry could help, expired when there were retries enough, abandoned
    /// when another try might help.
    /// </summary>
    public static DeliveryStatus Status(this DropReason reason) => reason switch
    {
        DropReason.DestinationRejected or DropReason.PartiallyRejected or DropReason.ItemTooLarge => DeliveryStatus.Rejected,
        DropReason.RetryExpired => DeliveryStatus.Expired,
        _ => DeliveryStatus.Abandoned,
    };
}
