using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Rotel.Native;

/// <summary>What stat(2) tells of a file and .NET does not: which file it is, whose, and by how many names.</summary>
/// <param name="Mode">Its type and permissions.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Owner">The user.</param>
/// <param name="Device">With <paramref name="Inode"/>, its identity.</param>
/// <param name="Inode">Unique on the device.</param>
[UnsupportedOSPlatform("windows")]
internal readonly unsafe partial record struct UnixFileStatus(int Mode, uint Links, uint Owner, ulong Device, ulong Inode)
{
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int DirectoryType = 0x4000;

    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const uint BasicFields = 0x7FF;

    /// <summary>More than the structure takes anywhere.</summary>
    private const int BufferBytes = 512;

    /// <summary><c>ENOSYS</c>, for systems whose structure is not known here.</summary>
    private static int NotKnown => UnixFile.IsLinux ? 38 : 78;

    public bool IsRegular => (Mode & TypeMask) == RegularType;

    public bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    /// <summary>Whether others than its owner may do anything with it.</summary>
    public bool IsOpenToOthers => (Mode & 0x3F) != 0;

    public bool IsSameFile(UnixFileStatus other) => (Device, Inode) == (other.Device, other.Inode);

    /// <summary>Of what is open; false with the system's error.</summary>
    public static bool TryRead(SafeFileHandle file, out UnixFileStatus status, out int error)
    {
        var buffer = stackalloc byte[BufferBytes];
        var result = UnixFile.IsLinux ? StatusX(file, "", EmptyPath, BasicFields, buffer)
            : !OperatingSystem.IsMacOS() ? Unknown()
            : RuntimeInformation.ProcessArchitecture == Architecture.X64 ? StatusOfX64(file, buffer)
            : Status(file, buffer);
        return Take(result, buffer, out status, out error);
    }

    /// <summary>Of what a path leads to, or of the link that it is; false with the system's error.</summary>
    public static bool TryRead(string path, bool followsLink, out UnixFileStatus status, out int error)
    {
        var buffer = stackalloc byte[BufferBytes];
        var isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        var result = UnixFile.IsLinux ? StatusX(CurrentDirectory, path, followsLink ? 0 : NoFollow, BasicFields, buffer)
            : !OperatingSystem.IsMacOS() ? Unknown()
            : followsLink ? isX64 ? StatusOfX64(path, buffer) : Status(path, buffer)
            : isX64 ? LinkStatusOfX64(path, buffer) : LinkStatus(path, buffer);
        return Take(result, buffer, out status, out error);
    }

    private static int Unknown()
    {
        Marshal.SetLastPInvokeError(NotKnown);
        return -1;
    }

    /// <summary>By the offsets of <c>struct statx</c>, the same everywhere, and of macOS's <c>struct stat</c> with 64-bit inodes.</summary>
    private static bool Take(int result, byte* buffer, out UnixFileStatus status, out int error)
    {
        error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        status = result != 0 ? default
            : UnixFile.IsLinux
                ? new(
                    *(ushort*)(buffer + 28), *(uint*)(buffer + 16), *(uint*)(buffer + 20),
                    ((ulong)*(uint*)(buffer + 136) << 32) | *(uint*)(buffer + 140), *(ulong*)(buffer + 32))
                : new(*(ushort*)(buffer + 4), *(ushort*)(buffer + 6), *(uint*)(buffer + 16), *(uint*)buffer, *(ulong*)(buffer + 8));
        return result == 0;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusX(SafeFileHandle directory, string path, int flags, uint fields, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusX(int directory, string path, int flags, uint fields, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstat", SetLastError = true)]
    private static partial int Status(SafeFileHandle file, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    private static partial int StatusOfX64(SafeFileHandle file, byte* buffer);

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusOfX64(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkStatus(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkStatusOfX64(string path, byte* buffer);
}
