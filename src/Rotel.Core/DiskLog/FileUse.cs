namespace Rotel.DiskLog;

/// <summary>What a file is opened for.</summary>
internal enum FileUse
{
    Read,

    /// <summary>To be read and written, made where there is none.</summary>
    Write,

    /// <summary>To be written; there is none yet.</summary>
    Create,
}
