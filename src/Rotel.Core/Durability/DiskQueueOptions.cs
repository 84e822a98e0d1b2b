namespace Rotel.Durability;

/// <summary>
/// Whether telemetry that has not been delivered is kept on disk, where it outlives an outage of a destination and the process itself.
/// </summary>
/// <remarks>What is promised in each mode, and what it costs, is in <c>docs/durability.md</c>.</remarks>
public sealed class DiskQueueOptions
{
    internal const long DefaultMaxBytes = 1L << 30;

    /// <summary>Below this a log of each signal has hardly room for a few segments.</summary>
    internal const long LeastMaxBytes = 16L << 20;

    internal static readonly TimeSpan DefaultCommitInterval = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan LongestCommitInterval = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan DefaultMaxAge = TimeSpan.FromHours(24);
    internal static readonly TimeSpan LeastMaxAge = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan MostMaxAge = TimeSpan.FromDays(365);

    /// <summary>Gets or sets when telemetry is written to disk.</summary>
    /// <value>The default is <see cref="DiskQueueMode.Off"/>. Environment: <c>ROTEL_DISK_QUEUE</c>.</value>
    public DiskQueueMode Mode { get; set; }

    /// <summary>Gets or sets the directory that holds the queue, one process's at a time, on a local disk.</summary>
    /// <value>
    /// The default is none; one must be named unless <see cref="Mode"/> is <see cref="DiskQueueMode.Off"/>. It is made where it is missing,
    /// for the user that Rotel runs as and nobody else. A relative path begins at the current directory. Environment:
    /// <c>ROTEL_DISK_QUEUE_DIRECTORY</c>.
    /// </value>
    public string? Directory { get; set; }

    /// <summary>Gets or sets what the queue survives: the end of the process, or of the machine's power too.</summary>
    /// <value>The default is <see cref="DiskQueueStrength.CrashSafe"/>. Environment: <c>ROTEL_DISK_QUEUE_STRENGTH</c>.</value>
    public DiskQueueStrength Strength { get; set; }

    /// <summary>
    /// Gets or sets for how long writes are gathered to be flushed to the disk together, with <see cref="DiskQueueStrength.PowerSafe"/>.
    /// </summary>
    /// <value>The default is 100 ms; 0 flushes at once; at most 10 s. Environment: <c>ROTEL_DISK_QUEUE_COMMIT_INTERVAL</c>.</value>
    public TimeSpan CommitInterval { get; set; } = DefaultCommitInterval;

    /// <summary>Gets or sets the bytes that the queue may take on disk, all signals together; beyond them the oldest is dropped.</summary>
    /// <value>The default is 1 GiB; at least 16 MiB. Environment: <c>ROTEL_DISK_QUEUE_MAX_BYTES</c>.</value>
    public long MaxBytes { get; set; } = DefaultMaxBytes;

    /// <summary>
    /// Gets or sets how long telemetry is kept for a destination that does not take it; afterwards it is dropped. It is also how long an
    /// exporter tries again for which nobody has set <c>retry_max_elapsed_time</c>.
    /// </summary>
    /// <value>The default is 24 h; from 1 s to 365 days. Environment: <c>ROTEL_DISK_QUEUE_MAX_AGE</c>.</value>
    public TimeSpan MaxAge { get; set; } = DefaultMaxAge;

    /// <summary>Gets or sets whether Rotel refuses to start where the directory cannot be used.</summary>
    /// <value>
    /// The default is <see langword="false"/>: it starts without the disk queue, says so, and tries again. Environment:
    /// <c>ROTEL_DISK_QUEUE_REQUIRED</c>.
    /// </value>
    public bool Required { get; set; }

    /// <summary>Whether there is a disk queue.</summary>
    internal bool IsOn => Mode != DiskQueueMode.Off;
}
