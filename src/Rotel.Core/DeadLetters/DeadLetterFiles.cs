using System.Globalization;
using System.Security.Cryptography;

namespace Rotel.DeadLetters;

/// <summary>
/// The files of a directory with dead letters: their names, and how they are opened. Whoever writes, reads in order to send, or deletes one
/// holds it open so that nobody else of us can, which the system ends with the process. No name is given twice: who finds a file of a name
/// that it knew finds that file.
/// </summary>
internal static class DeadLetterFiles
{
    private const string Prefix = "dead-letters-";
    private const string Suffix = ".jsonl";

    /// <summary>Of files that <c>rotel replay</c> has taken; nobody appends to them any more.</summary>
    private const string ClaimedSuffix = ".replay.jsonl";

    /// <summary>Of a file that is being written to take the place of another.</summary>
    private const string DraftSuffix = ".jsonl.tmp";

    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersDirectory = OwnersFile | UnixFileMode.UserExecute;

    /// <summary>
    /// Nobody else of us. On Unix only "none" takes the exclusive, advisory lock, which does not keep out readers that take no locks, such
    /// as jq.
    /// </summary>
    private static readonly FileShare Alone = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    /// <summary>The same for who appends: others may look on.</summary>
    private static readonly FileShare OneWriter = OperatingSystem.IsWindows() ? FileShare.Read | FileShare.Delete : FileShare.None;

    /// <summary>A name that sorts by time and that nobody has given before.</summary>
    public static string NewName(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Prefix}{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}{Suffix}");

    public static bool IsClaimed(string path) => path.EndsWith(ClaimedSuffix, StringComparison.Ordinal);

    public static string Claimed(string path) => IsClaimed(path) ? path : path[..^Suffix.Length] + ClaimedSuffix;

    public static string DraftOf(string path) => path[..^Suffix.Length] + DraftSuffix;

    /// <summary>
    /// All of a directory, the oldest first. What is no file, is a link or has another name is left alone.
    /// </summary>
    public static List<FileInfo> Find(string directory) =>
        [.. Of(directory, Suffix).OrderBy(file => file.Name, StringComparer.Ordinal)];

    /// <summary>Deletes drafts whose file is gone: a replay was killed before they took its place.</summary>
    public static void DeleteOrphans(string directory)
    {
        foreach (var draft in Of(directory, DraftSuffix).ToList())
        {
            if (!File.Exists(draft.FullName[..^DraftSuffix.Length] + Suffix))
                draft.Delete();
        }
    }

    /// <summary>Makes the directory, for its owner only, where there is none.</summary>
    /// <exception cref="IOException">It cannot be made, or is a link.</exception>
    public static void Prepare(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, OwnersDirectory);
        if (new DirectoryInfo(directory).LinkTarget is not null)
            throw new IOException($"'{directory}' is a link, which is not followed");
    }

    /// <summary>How a new file is made: it must not be there, so that no link is followed.</summary>
    public static FileStreamOptions ForNew()
    {
        var options = Options(FileMode.CreateNew, OneWriter);
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnersFile;
        return options;
    }

    /// <summary>How a file is opened to append to it.</summary>
    public static FileStreamOptions ForAppending() => Options(FileMode.Open, OneWriter);

    /// <summary>Opens a file that nobody else of us has open; null where somebody has, or it is gone.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FileStream? TryOpenAlone(string path)
    {
        try
        {
            var stream = new FileStream(path, Options(FileMode.Open, Alone));
            if (stream.CanSeek && IsThere(path))
                return stream;
            stream.Dispose();
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the path still leads to a file, and by itself. Asked once a file is locked: another of us may have taken it in between, and
    /// then its name is gone for good.
    /// </summary>
    public static bool IsThere(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null };

    private static FileStreamOptions Options(FileMode mode, FileShare share) =>
        new() { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };

    private static IEnumerable<FileInfo> Of(string directory, string suffix) =>
        new DirectoryInfo(directory).EnumerateFiles(Prefix + "*").Where(
            file => file.Name.EndsWith(suffix, StringComparison.Ordinal) && (file.Attributes & FileAttributes.ReparsePoint) == 0);
}
