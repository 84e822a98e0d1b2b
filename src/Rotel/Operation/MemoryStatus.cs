namespace Rotel.Operation;

/// <summary>The memory that telemetry takes: bodies, queues, and what is being sent.</summary>
public sealed class MemoryStatus
{
    internal MemoryStatus()
    {
    }

    /// <summary>Gets the bytes that are reserved.</summary>
    public long ReservedBytes { get; internal init; }

    /// <summary>Gets the bytes that may be.</summary>
    public long LimitBytes { get; internal init; }

    /// <summary>Gets whether telemetry is refused early because the process's memory is nearly used up.</summary>
    public bool IsGuarded { get; internal init; }
}
