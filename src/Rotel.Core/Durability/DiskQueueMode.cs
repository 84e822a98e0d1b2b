namespace Rotel.Durability;

/// <summary>When telemetry is written to the disk queue.</summary>
public enum DiskQueueMode
{
    /// <summary>Never: what a process holds is lost when it dies.</summary>
    Off,

    /// <summary>
    /// When an exporter's share of the memory is full, and at shutdown for what the deadline left. What is in memory is lost when the
    /// process is killed.
    /// </summary>
    Spill,

    /// <summary>Before it is acknowledged, all of it.</summary>
    Always,
}
