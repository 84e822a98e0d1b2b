using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Rotel.Native;

/// <summary>What .NET's own streams cannot ask of a Unix for: files that are no links, and locks that say whether they are held.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFile
{
    public const int NoSuchFile = 2;

    private const int Interrupted = 4;
    private const int InvalidArgument = 22;
    private const int LockExclusively = 2;
    private const int DoNotWait = 4;
    private const int FreeLock = 8;

    /// <summary>The <c>F_FULLFSYNC</c> of Apple's fcntl(2), which takes no argument.</summary>
    private const int FullSync = 51;

    /// <summary>How often a file may be taken away between making and opening it.</summary>
    private const int Attempts = 10;

    public static bool IsLinux { get; } = OperatingSystem.IsLinux() || OperatingSystem.IsAndroid();

    /// <summary>The <c>ELOOP</c> of open(2), by which a link is refused.</summary>
    public static int TooManyLinks => IsLinux ? 40 : 62;

    public static uint EffectiveUser => GetEffectiveUser();

    private static int WouldBlock => IsLinux ? 11 : 35;

    private static int NotSupported => IsLinux ? 95 : 45;

    /// <summary>
    /// <c>O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK</c>: without waiting, a pipe whose reader is gone cannot hold us; no child gets it.
    /// </summary>
    private static int Flags => !IsLinux
        ? 0x2 | 0x100 | 0x1000000 | 0x4
        : 0x2 | 0x80000 | 0x800
            | (RuntimeInformation.ProcessArchitecture
                is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le ? 0x8000 : 0x20000);

    private static int ReadOnly => Flags & ~0x2;

    private static int Append => IsLinux ? 0x400 : 0x8;

    /// <summary>Opens what is there, for reading and writing, unless it is a link; null with the system's error otherwise.</summary>
    /// <param name="path">Of a file, as far as anybody knows: it may be a pipe or a device, too.</param>
    /// <param name="appends">Whether the system finds the end for every write.</param>
    /// <param name="error">What the system said.</param>
    public static SafeFileHandle? TryOpen(string path, bool appends, out int error) =>
        TryOpen(path, appends ? Flags | Append : Flags, out error);

    /// <summary>The same for reading alone, also a directory.</summary>
    public static SafeFileHandle? TryOpenToRead(string path, out int error) => TryOpen(path, ReadOnly, out error);

    private static SafeFileHandle? TryOpen(string path, int flags, out int error)
    {
        do
        {
            var descriptor = Open(path, flags);
            error = descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError();
            if (descriptor >= 0)
                return new SafeFileHandle(descriptor, ownsHandle: true);
        }
        while (error == Interrupted);
        return null;
    }

    /// <summary>
    /// The same, after making the file where there is none. .NET makes it, which follows no link when it does: open(2) takes its mode as a
    /// variable argument, which cannot be called alike on all platforms.
    /// </summary>
    /// <param name="path">As above.</param>
    /// <param name="appends">As above.</param>
    /// <param name="mode">What a new file allows.</param>
    /// <param name="error">As above.</param>
    public static SafeFileHandle? TryOpenOrCreate(string path, bool appends, UnixFileMode mode, out int error)
    {
        var attempt = 0;
        while (true)
        {
            if (TryOpen(path, appends, out error) is { } handle)
                return handle;
            if (error != NoSuchFile || ++attempt == Attempts)
                return null;
            Create(path, mode);
        }
    }

    /// <summary>Locks a file for this descriptor alone; false with error 0 where another has the lock.</summary>
    public static bool TryLock(SafeFileHandle file, out int error)
    {
        do
        {
            if (Lock(file, LockExclusively | DoNotWait) == 0)
            {
                error = 0;
                return true;
            }

            error = Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);
        if (error == WouldBlock)
            error = 0;
        return false;
    }

    /// <summary>At once, also while a child that is being started has a copy of the descriptor, which it closes soon.</summary>
    public static void Unlock(SafeFileHandle file) => _ = Lock(file, FreeLock);

    /// <summary>Writes as the system does: all, or a part, with its error otherwise.</summary>
    public static unsafe int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, out int error)
    {
        nint written;
        do
        {
            fixed (byte* start = bytes)
                written = Write(file, start, bytes.Length);
            error = written >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);
        return (int)written;
    }

    /// <summary>
    /// Returns once what was written is on the device; false with the system's error. .NET's own takes "read-only" and "invalid" for
    /// success, by which what a file system that has just given up did not write would count as written.
    /// </summary>
    public static bool TrySync(SafeFileHandle file, out int error)
    {
        // Apple's fsync leaves it in the device's cache. Not every file system there knows better.
        if (OperatingSystem.IsMacOS() && Control(file, FullSync) != -1)
        {
            error = 0;
            return true;
        }

        do
        {
            if (Sync(file) == 0)
            {
                error = 0;
                return true;
            }

            error = Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);
        return false;
    }

    /// <summary>The same of a directory; some file systems know no such thing, which is as good as they get.</summary>
    public static bool TrySyncDirectory(SafeFileHandle directory, out int error) =>
        TrySync(directory, out error) || error == InvalidArgument || error == NotSupported;

    private static void Create(string path, UnixFileMode mode)
    {
        try
        {
            using var made = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was faster, which is as well.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(SafeFileHandle file, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
