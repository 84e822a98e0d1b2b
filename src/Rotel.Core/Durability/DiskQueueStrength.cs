namespace Rotel.Durability;

/// <summary>What the disk queue survives.</summary>
public enum DiskQueueStrength
{
    /// <summary>
    /// The end of the process, however sudden: what is written is in the operating system's cache. A power failure, or a crash of the
    /// operating system, takes what that has not yet written.
    /// </summary>
    CrashSafe,

    /// <summary>
    /// A power failure too: what is acknowledged has been flushed to the disk, as far as the disk tells the truth. Slower, for every
    /// acknowledgement waits for a flush, which those of the same <see cref="DiskQueueOptions.CommitInterval"/> share.
    /// </summary>
    PowerSafe,
}
