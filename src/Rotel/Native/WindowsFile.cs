using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Rotel.Native;

/// <summary>What .NET's own streams cannot ask Windows for: a link instead of what it leads to, and how many names a file has.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsFile
{
    /// <summary><c>ERROR_FILE_NOT_FOUND</c>.</summary>
    public const int NotFound = 2;

    /// <summary><c>ERROR_PATH_NOT_FOUND</c>.</summary>
    public const int PathNotFound = 3;

    /// <summary><c>ERROR_SHARING_VIOLATION</c>: somebody has it in a way that does not go together with ours.</summary>
    public const int SharingViolation = 32;

    private const uint GenericRead = 0x80000000;
    private const uint GenericWrite = 0x40000000;
    private const uint ReadControl = 0x20000;
    private const uint OpenExisting = 3;
    private const uint OpenAlways = 4;
    private const uint NormalAttributes = 0x80;
    private const uint OpenReparsePoint = 0x00200000;

    /// <summary>Opens a file, not through a link; null with the system's error. No child inherits it.</summary>
    /// <param name="path">Which.</param>
    /// <param name="writes">For writing, too.</param>
    /// <param name="share">What others may do meanwhile.</param>
    /// <param name="mayCreate">Makes it where there is none.</param>
    /// <param name="error">What the system said.</param>
    public static SafeFileHandle? TryOpen(string path, bool writes, FileShare share, bool mayCreate, out int error)
    {
        var handle = CreateFile(
            path, GenericRead | ReadControl | (writes ? GenericWrite : 0), (uint)share, 0, mayCreate ? OpenAlways : OpenExisting,
            NormalAttributes | OpenReparsePoint, 0);
        error = handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        if (!handle.IsInvalid)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>What it is, and how many names it has; false with the system's error.</summary>
    public static bool TryRead(SafeFileHandle file, out FileAttributes attributes, out uint links, out int error)
    {
        // BY_HANDLE_FILE_INFORMATION: 13 fields of 32 bits, of which the first and the eleventh are wanted.
        var fields = stackalloc uint[13];
        var isRead = GetFileInformationByHandle(file, fields) != 0;
        error = isRead ? 0 : Marshal.GetLastPInvokeError();
        attributes = (FileAttributes)fields[0];
        links = fields[10];
        return isRead;
    }

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(
        string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    private static partial int GetFileInformationByHandle(SafeFileHandle file, uint* information);
}
