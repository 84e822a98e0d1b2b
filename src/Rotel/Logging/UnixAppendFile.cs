using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Rotel.Native;

namespace Rotel.Logging;

/// <summary>A descriptor with <c>O_APPEND</c> and <c>O_NOFOLLOW</c>, which .NET's own streams cannot ask for.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixAppendFile : AppendFile
{
    private const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    /// <summary>The last write was cut off, by a full disk, say.</summary>
    private bool _isLineOpen;

    private UnixAppendFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    public static new UnixAppendFile? TryOpen(string path, [NotNullWhen(false)] out string? problem)
    {
        if (UnixFile.TryOpenOrCreate(path, appends: true, FileMode, out var error) is { } handle)
            return Take(handle, path, out problem);
        problem = error == UnixFile.TooManyLinks
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

    /// <summary>
    /// One call; a second one only where the system took a part, which on a file means that it is about to refuse the rest.
    /// </summary>
    private string? Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = UnixFile.Write(_handle, bytes, out var error);
            if (written < 0)
                return $"'{_path}' cannot be written ({Marshal.GetPInvokeErrorMessage(error)})";
            bytes = bytes[written..];
            _isLineOpen = !bytes.IsEmpty;
        }

        return null;
    }
}
