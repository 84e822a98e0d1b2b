namespace Rotel.Operation;

/// <summary>What outlives the process.</summary>
public sealed class DiskQueueStatus
{
    internal DiskQueueStatus()
    {
    }

    /// <summary>Gets the bytes on disk.</summary>
    public long Bytes { get; internal init; }

    /// <summary>Gets the bytes that may be.</summary>
    public long LimitBytes { get; internal init; }

    /// <summary>Gets the bytes that could not be read since the start; what they held is counted where that could be told.</summary>
    public long DamagedBytes { get; internal init; }

    /// <summary>Gets why it does not work at this moment; null while it does.</summary>
    public string? Problem { get; internal init; }
}
