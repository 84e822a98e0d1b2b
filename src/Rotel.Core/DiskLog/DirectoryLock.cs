namespace Rotel.DiskLog;

/// <summary>Keeps other processes away from a directory of logs; the system lets go of it when this process ends, however it does.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const string FileName = "lock";

    private readonly IDisposable _held;

    private DirectoryLock(IDisposable held) => _held = held;

    /// <param name="directory">Made where there is none.</param>
    /// <param name="files">The file system.</param>
    /// <param name="problem">For people; names the process that holds the lock where it can be read.</param>
    public static DirectoryLock? TryTake(string directory, IFileSystem files, out string? problem)
    {
        problem = files.TryUseDirectory(directory);
        if (problem is not null)
            return null;
        return files.TryLock(Path.Combine(directory, FileName), out problem) is { } held ? new DirectoryLock(held) : null;
    }

    public void Dispose() => _held.Dispose();
}
