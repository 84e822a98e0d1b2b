namespace Rotel.DiskLog;

/// <summary>What a confirmed record survives.</summary>
internal enum LogStrength
{
    /// <summary>The end of the process, however sudden: the record is in the page cache.</summary>
    CrashSafe,

    /// <summary>The end of the machine: the record is on the device.</summary>
    PowerSafe,
}
