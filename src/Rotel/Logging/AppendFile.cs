using System.Diagnostics.CodeAnalysis;

namespace Rotel.Logging;

/// <summary>
/// A file that is open for appending, and whose end the operating system finds: no writer overwrites another. Not thread-safe.
/// </summary>
internal abstract class AppendFile : IDisposable
{
    /// <summary>What a file and a directory made here allow: their owner all, his group to read, others nothing.</summary>
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    /// <summary>
    /// Opens a file, or makes it and its directory. A link in its place is not followed, for who may write the directory could make us
    /// write anywhere; links on the way there are.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="problem">What keeps it from that, with the path, without a full stop.</param>
    public static AppendFile? TryOpen(string path, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            var directory = Path.GetDirectoryName(path);
            if (!string.IsNullOrEmpty(directory) && !Directory.Exists(directory))
                Create(directory);
            return OperatingSystem.IsWindows() ? WindowsAppendFile.TryOpen(path, out problem) : UnixAppendFile.TryOpen(path, out problem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            problem = $"'{path}' cannot be opened for appending ({exception.Message.TrimEnd('.')})";
            return null;
        }
    }

    /// <summary>Writes all of it; returns what kept it from that, with the path, or null.</summary>
    public abstract string? TryWrite(ReadOnlySpan<byte> lines);

    public abstract void Dispose();

    private static void Create(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, DirectoryMode);
    }
}
