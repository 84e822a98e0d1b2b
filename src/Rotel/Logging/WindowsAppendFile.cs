using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using System.Security.AccessControl;

namespace Rotel.Logging;

/// <summary>A file with the right to append and no right to write elsewhere, so that Windows finds its end for every write.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsAppendFile : AppendFile
{
    private readonly FileStream _stream;
    private readonly string _path;

    private WindowsAppendFile(FileStream stream, string path)
    {
        _stream = stream;
        _path = path;
    }

    /// <summary>Others may append, rename and delete it.</summary>
    public static new WindowsAppendFile? TryOpen(string path, [NotNullWhen(false)] out string? problem)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
        {
            problem = $"'{path}' is a link, which is not followed";
            return null;
        }

        problem = null;
        return new WindowsAppendFile(
            file.Create(
                FileMode.OpenOrCreate,
                FileSystemRights.AppendData | FileSystemRights.Synchronize,
                FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 1,
                FileOptions.None,
                fileSecurity: null),
            path);
    }

    public override string? TryWrite(ReadOnlySpan<byte> lines)
    {
        try
        {
            _stream.Write(lines);
            _stream.Flush();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"'{_path}' cannot be written ({exception.Message.TrimEnd('.')})";
        }
    }

    public override void Dispose() => _stream.Dispose();
}
