namespace Rotel.DiskLog;

/// <summary>
/// What a log asks of the file system; the seam at which tests inject faults. Failures are <see cref="IOException"/> and
/// <see cref="UnauthorizedAccessException"/>. Links are not followed.
/// </summary>
internal interface IFileSystem
{
    /// <summary>Makes a directory for this user alone where there is none; why it cannot be used, or null.</summary>
    string? TryUseDirectory(string path);

    IReadOnlyList<FileEntry> List(string directory);

    IFile Open(string path, FileUse use);

    /// <summary>Removes a file; nothing happens where there is none.</summary>
    void Delete(string path);

    /// <summary>Gives a file another name in its directory; who has it open keeps it. What had the name before is gone.</summary>
    void Rename(string path, string newPath);

    /// <summary>Returns once what was made, renamed and removed in a directory is so on the device.</summary>
    void SyncDirectory(string path);

    /// <summary>Locks a file for this process, making it; null where another has it or it cannot be, with the reason.</summary>
    IDisposable? TryLock(string path, out string? problem);
}
