namespace Rotel.Pipelines;

/// <summary>
/// Why items that had been accepted were not delivered: a closed list, the value of the attribute <c>rotel.reason</c> of
/// <c>rotel.exporter.dropped</c>.
/// </summary>
internal enum DropReason
{
    /// <summary>The exporter's queue was full and its overflow policy drops.</summary>
    QueueFull,

    /// <summary>Retrying went on for longer than <c>retry_max_elapsed_time</c>.</summary>
    RetryExpired,

    /// <summary>The destination refused the batch for good.</summary>
    DestinationRejected,

    /// <summary>The destination took the batch except for these items (OTLP partial success).</summary>
    PartiallyRejected,

    /// <summary>One item alone is larger than the destination takes.</summary>
    ItemTooLarge,

    /// <summary>The drain deadline passed while the items were still waiting.</summary>
    Shutdown,

    /// <summary>The exporter failed in a way it should not have; a defect, logged with its exception.</summary>
    ExporterFault,

    /// <summary>The disk queue had its <c>disk_queue_max_bytes</c>, and the oldest segment made room.</summary>
    DiskQueueFull,

    /// <summary>The items were in the disk queue for longer than <c>disk_queue_max_age</c>.</summary>
    DiskQueueExpired,

    /// <summary>Their record in the disk queue could not be read.</summary>
    DiskQueueDamaged,
}
