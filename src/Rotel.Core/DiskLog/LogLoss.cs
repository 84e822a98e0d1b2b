namespace Rotel.DiskLog;

/// <summary>Why records that a reader had not finished are gone.</summary>
internal enum LogLoss
{
    /// <summary>Dropped for newer ones at the cap.</summary>
    Bytes,

    /// <summary>Older than is kept.</summary>
    Age,

    /// <summary>Unreadable.</summary>
    Damage,
}
