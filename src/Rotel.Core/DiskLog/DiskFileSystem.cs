namespace Rotel.DiskLog;

/// <summary>The system's own.</summary>
internal sealed class DiskFileSystem : IFileSystem
{
    private DiskFileSystem()
    {
    }

    public static DiskFileSystem Instance { get; } = new();

    public string? TryUseDirectory(string path) => throw new NotImplementedException();

    public IReadOnlyList<FileEntry> List(string directory) => throw new NotImplementedException();

    public IFile Open(string path, FileUse use) => throw new NotImplementedException();

    public void Delete(string path) => throw new NotImplementedException();

    public void SyncDirectory(string path) => throw new NotImplementedException();

    public IDisposable? TryLock(string path, out string? problem) => throw new NotImplementedException();
}
