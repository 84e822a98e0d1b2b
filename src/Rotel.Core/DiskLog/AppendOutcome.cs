namespace Rotel.DiskLog;

/// <summary>How an append ended.</summary>
internal enum AppendOutcome
{
    Written,

    /// <summary>The disk or the quota is full, or the cap is reached with nothing left to drop.</summary>
    NoSpace,

    /// <summary>The system refuses to write: a device that fails, a file system that is read-only.</summary>
    Unwritable,

    /// <summary>The record alone would pass the cap.</summary>
    TooLarge,

    /// <summary>The log is closed.</summary>
    Closed,
}
