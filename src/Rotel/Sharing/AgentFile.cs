using Microsoft.Win32.SafeHandles;

namespace Rotel.Sharing;

/// <summary>
/// The file whose lock decides which process holds the shared agent, and in which the holder says where it is. The lock is the operating
/// system's and goes with the process, however that ends; what the file says alone means nothing. It is never deleted. Not
/// thread-safe, but for <see cref="IsInPlace"/>.
/// </summary>
internal sealed class AgentFile : IDisposable
{
    /// <summary>More than any record takes.</summary>
    private const int MaxBytes = 64 * 1024;

    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly SafeFileHandle _handle;
    private bool _isLocked;

    /// <param name="handle">Owned from now on.</param>
    /// <param name="path">What it was opened by.</param>
    /// <param name="isLocked">Whether the lock is held by it.</param>
    internal AgentFile(SafeFileHandle handle, string path, bool isLocked)
    {
        _handle = handle;
        Path = path;
        _isLocked = isLocked;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>
    /// Whether this process holds the lock. It stays so when somebody deletes the file or puts another in its place, though whoever opens
    /// that one can get its lock: <see cref="IsInPlace"/> tells.
    /// </summary>
    public bool IsLocked => _isLocked && !_handle.IsClosed;

    /// <summary>Whether the path still leads to this file, or it is closed. Where it does not, nobody new finds this record.</summary>
    public bool IsInPlace
    {
        get
        {
            try
            {
                return OperatingSystem.IsWindows() || UnixAgentFile.IsAt(_handle, Path);
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Opens the file without following a link, checks that it is this user's own and nobody else's, and tries to lock it; never waits.
    /// Made where it is missing, for this user only, and so is its directory.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <exception cref="AgentFileException">It cannot be opened, or is not to be trusted.</exception>
    public static AgentFile Open(string path) => Open(path, mayCreate: true)!;

    /// <summary>The same, for who only looks; null where there is no file.</summary>
    /// <param name="path">Absolute.</param>
    /// <exception cref="AgentFileException">It cannot be opened, or is not to be trusted.</exception>
    public static AgentFile? OpenExisting(string path) => Open(path, mayCreate: false);

    /// <summary>The holder's record; null where there is none, or one that is not whole, as while it is written.</summary>
    /// <remarks>It may be that of an earlier holder; only who knows its token, where it leads to, is the one that wrote it.</remarks>
    public AgentRecord? Read()
    {
        try
        {
            var bytes = new byte[MaxBytes];
            var length = 0;
            while (length < bytes.Length && RandomAccess.Read(_handle, bytes.AsSpan(length), length) is > 0 and var read)
                length += read;
            return length < bytes.Length ? AgentRecord.Parse(bytes.AsSpan(0, length)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgentFileException(Path, $"cannot be read ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    /// <summary>Says where the holder is. Who reads it meanwhile finds the one record, the other, or none.</summary>
    /// <exception cref="AgentFileException">It cannot be written: a full disk, say.</exception>
    public void Write(AgentRecord record)
    {
        if (!IsLocked)
            throw new InvalidOperationException("Only the process that holds the lock writes the file.");
        var bytes = record.ToBytes();
        try
        {
            RandomAccess.Write(_handle, bytes, 0);
            RandomAccess.SetLength(_handle, bytes.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgentFileException(
                Path, $"cannot be written ({exception.Message.TrimEnd('.')}); make room, or name a file elsewhere", exception);
        }
    }

    /// <summary>Frees the lock at once; the content stays.</summary>
    public void Dispose()
    {
        if (_isLocked && !_handle.IsClosed && !OperatingSystem.IsWindows())
            UnixAgentFile.Unlock(_handle);
        _isLocked = false;
        _handle.Dispose();
    }

    private static AgentFile? Open(string path, bool mayCreate)
    {
        try
        {
            var directory = System.IO.Path.GetDirectoryName(path);
            if (mayCreate && !string.IsNullOrEmpty(directory) && !Directory.Exists(directory))
                Create(directory);
            return OperatingSystem.IsWindows() ? WindowsAgentFile.Open(path, mayCreate) : UnixAgentFile.Open(path, mayCreate);
        }
        catch (Exception exception) when (exception is not AgentFileException
            && exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new AgentFileException(
                path, $"cannot be opened ({exception.Message.TrimEnd('.')}); name a file that this user may write", exception);
        }
    }

    private static void Create(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, DirectoryMode);
    }
}
