using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Rotel.Native;

namespace Rotel.DiskLog;

/// <summary>The system's own: files and directories for this user alone, none of another's, and no links.</summary>
internal sealed class DiskFileSystem : IFileSystem
{
    private const UnixFileMode ForUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const uint Root = 0;

    private DiskFileSystem()
    {
    }

    public static DiskFileSystem Instance { get; } = new();

    public string? TryUseDirectory(string path)
    {
        try
        {
            var directory = new DirectoryInfo(path);
            if (!directory.Exists && directory.LinkTarget is null)
            {
                var changed = ParentsOfMissing(directory);
                if (OperatingSystem.IsWindows())
                    Directory.CreateDirectory(path);
                else
                    Directory.CreateDirectory(path, ForUser | UnixFileMode.UserExecute);
                directory.Refresh();
                foreach (var parent in changed)
                    SyncParent(parent);
            }

            return directory.LinkTarget is { } target ? $"'{path}' is a link, which is not followed; name the directory '{target}' itself"
                : !OperatingSystem.IsWindows() && UnixFileStatus.TryRead(path, followsLink: false, out var status, out _)
                    && !IsOurs(status) ? $"'{path}' belongs to another user"
                : null;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            return $"'{path}' cannot be used as a directory ({exception.Message.TrimEnd('.')})";
        }
    }

    public IReadOnlyList<FileEntry> List(string directory) =>
    [
        .. new DirectoryInfo(directory).EnumerateFileSystemInfos().Select(info => new FileEntry(
            info.Name,
            info is FileInfo { LinkTarget: null } file ? file.Length : 0,
            info is FileInfo && info.LinkTarget is null && (info.Attributes & FileAttributes.Device) == 0)),
    ];

    public IFile Open(string path, FileUse use)
    {
        if (use == FileUse.Create)
        {
            var made = Create(path);
            return new DiskFile(made.SafeFileHandle, made);
        }

        var handle = OperatingSystem.IsWindows() ? OpenOnWindows(path, use) : OpenOnUnix(path, use);
        return new DiskFile(handle, handle);
    }

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Then it is gone as well.
        }
    }

    public void Rename(string path, string newPath) => File.Move(path, newPath, overwrite: true);

    public void SyncDirectory(string path)
    {
        // Windows has no such thing.
        if (OperatingSystem.IsWindows())
            return;
        using var directory = UnixFile.TryOpenToRead(path, out var error) ?? throw Failure(path, error);
        if (!UnixFile.TrySyncDirectory(directory, out error))
            throw Failure(path, error);
    }

    public IDisposable? TryLock(string path, out string? problem)
    {
        try
        {
            if (TryLock(path) is { } held)
            {
                WriteHolder(held);
                problem = null;
                return held;
            }

            problem = ReadHolder(path) is { } holder
                ? $"'{Path.GetDirectoryName(path)}' is in use by process {holder}; each process needs a directory of its own"
                : $"'{Path.GetDirectoryName(path)}' is in use by another process; each process needs a directory of its own";
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            problem = $"'{path}' cannot be locked ({exception.Message.TrimEnd('.')})";
        }

        return null;
    }

    /// <summary>The directories that something is made in before this one is there, the nearest to the root last.</summary>
    private static List<string> ParentsOfMissing(DirectoryInfo directory)
    {
        var parents = new List<string>();
        for (var missing = directory; !missing.Exists && missing.Parent is { } parent; missing = parent)
            parents.Add(parent.FullName);
        return parents;
    }

    /// <summary>What is on the device in a directory that itself is not there after a loss of power is lost.</summary>
    private void SyncParent(string path)
    {
        try
        {
            SyncDirectory(path);
        }
        catch (UnauthorizedAccessException)
        {
            // One may make directories in it and not read it; nothing more can be done.
        }
    }

    private static SafeFileHandle? TryLock(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                // Others may read who has it.
                return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            }
            catch (IOException exception) when (exception.HResult == unchecked((int)0x80070020))
            {
                return null;
            }
        }

        var handle = OpenOnUnix(path, FileUse.Write);
        if (UnixFile.TryLock(handle, out var error))
            return handle;
        handle.Dispose();
        return error == 0 ? null : throw Failure(path, error);
    }

    private static void WriteHolder(SafeFileHandle file)
    {
        try
        {
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // A full disk. The lock holds all the same.
        }
    }

    private static int? ReadHolder(string path)
    {
        try
        {
            using var file = OperatingSystem.IsWindows()
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
                : OpenOnUnix(path, FileUse.Read);
            var bytes = new byte[16];
            var length = RandomAccess.Read(file, bytes, 0);
            return int.TryParse(bytes.AsSpan(0, length), NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : null;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            return null;
        }
    }

    /// <summary>A new file follows no link, whatever the system.</summary>
    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = ForUser;
        return new FileStream(path, options);
    }

    private static SafeFileHandle OpenOnWindows(string path, FileUse use)
    {
        if (File.Exists(path) && (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0)
            throw new UnauthorizedAccessException($"'{path}' is a link, which is not followed.");
        return File.OpenHandle(
            path, use == FileUse.Read ? FileMode.Open : FileMode.OpenOrCreate, use == FileUse.Read ? FileAccess.Read : FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete);
    }

    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOnUnix(string path, FileUse use)
    {
        var handle = (use == FileUse.Read
            ? UnixFile.TryOpenToRead(path, out var error)
            : UnixFile.TryOpenOrCreate(path, appends: false, ForUser, out error)) ?? throw Failure(path, error);
        if (!UnixFileStatus.TryRead(handle, out var status, out _) || (status.IsRegular && IsOurs(status)))
            return handle;
        handle.Dispose();
        throw new UnauthorizedAccessException(
            status.IsRegular ? $"'{path}' belongs to another user." : $"'{path}' is not a regular file.");
    }

    /// <summary>Whose files root uses, it trusts; who uses root's, has to.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool IsOurs(UnixFileStatus status) =>
        status.Owner == UnixFile.EffectiveUser || status.Owner == Root || UnixFile.EffectiveUser == Root;

    [UnsupportedOSPlatform("windows")]
    private static Exception Failure(string path, int error)
    {
        var message = error == UnixFile.TooManyLinks
            ? $"'{path}' is a link, which is not followed."
            : $"'{path}': {Marshal.GetPInvokeErrorMessage(error)}";
        return error switch
        {
            UnixFile.NoSuchFile => new FileNotFoundException(message, path),
            1 or 13 => new UnauthorizedAccessException(message),
            _ when error == UnixFile.TooManyLinks => new UnauthorizedAccessException(message),
            _ => new IOException(message, error),
        };
    }
}
