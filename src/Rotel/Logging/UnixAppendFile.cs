using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Rotel.Logging;

/// <summary>
/// A descriptor with <c>O_APPEND</c> and <c>O_NOFOLLOW</c>, which .NET's own streams cannot ask for. The file is made by .NET, which
/// follows no link when it makes one: open(2) takes its mode as a variable argument, which cannot be called alike on all platforms.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class UnixAppendFile : AppendFile
{
    private const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private const int NoSuchFile = 2;
    private const int Interrupted = 4;

    /// <summary>How often a file may be taken away between making and opening it.</summary>
    private const int Attempts = 10;

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    /// <summary>The last write was cut off, by a full disk, say.</summary>
    private bool _isLineOpen;

    private UnixAppendFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    private static bool IsLinux { get; } = OperatingSystem.IsLinux() || OperatingSystem.IsAndroid();

    /// <summary>The <c>ELOOP</c> of open(2), by which a link is refused.</summary>
    private static int TooManyLinks => IsLinux ? 40 : 62;

    /// <summary>
    /// <c>O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK</c>: reading is for the last byte, and without waiting a pipe whose
    /// reader is gone cannot hold us.
    /// </summary>
    private static int Flags => !IsLinux
        ? 0x2 | 0x8 | 0x100 | 0x1000000 | 0x4
        : 0x2 | 0x400 | 0x80000 | 0x800
            | (RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le
                ? 0x8000
                : 0x20000);

    public static new UnixAppendFile? TryOpen(string path, [NotNullWhen(false)] out string? problem)
    {
        var error = 0;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var descriptor = Open(path, Flags);
            if (descriptor >= 0)
                return Take(new SafeFileHandle(descriptor, ownsHandle: true), path, out problem);
            error = Marshal.GetLastPInvokeError();
            if (error == NoSuchFile)
                Create(path);
            else if (error != Interrupted)
                break;
        }

        problem = error == TooManyLinks
            ? $"'{path}' is a link, which is not followed"
            : $"'{path}' cannot be opened for appending ({Marshal.GetPInvokeErrorMessage(error)})";
        return null;
    }

    public override string? TryWrite(ReadOnlySpan<byte> lines)
    {
        if (_isLineOpen && Write("\n"u8) is { } stillFull)
            return stillFull;
        _isLineOpen = false;
        return Write(lines);
    }

    public override void Dispose() => _handle.Dispose();

    /// <summary>Only files: a pipe or a socket would block, or lose what nobody reads.</summary>
    private static UnixAppendFile? Take(SafeFileHandle handle, string path, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            var length = RandomAccess.GetLength(handle);
            Span<byte> last = [(byte)'\n'];
            if (length > 0)
                RandomAccess.Read(handle, last, length - 1);
            problem = null;
            return new UnixAppendFile(handle, path) { _isLineOpen = last[0] != (byte)'\n' };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            handle.Dispose();
            problem = $"'{path}' is not a file that can be appended to ({exception.Message.TrimEnd('.')})";
            return null;
        }
    }

    private static void Create(string path)
    {
        try
        {
            using var made = new FileStream(
                path, new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode });
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else was faster, which is as well.
        }
    }

    /// <summary>One call; a second one only where the system took a part, which on a file means that it is about to refuse the rest.</summary>
    private unsafe string? Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
                written = Write(_handle, start, bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                _isLineOpen = !bytes.IsEmpty;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
                return $"'{_path}' cannot be written ({Marshal.GetPInvokeErrorMessage(error)})";
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(SafeFileHandle file, byte* bytes, nint count);
}
