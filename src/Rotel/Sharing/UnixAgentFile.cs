using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Rotel.Native;

namespace Rotel.Sharing;

/// <summary>
/// <see cref="AgentFile"/> on Unix: flock(2), which belongs to the open file, so that it ends with its last descriptor and two of one
/// process exclude each other. What is checked is checked on the open file, not on its name.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixAgentFile
{
    /// <summary>How often another file may be put in its place while it is opened.</summary>
    private const int Attempts = 10;

    /// <summary>
    /// For its owner alone. The sticky bit means nothing on a file but to those who clear away what is old in directories for what is
    /// temporary: they leave it. Elsewhere than on Linux, only directories may have it.
    /// </summary>
    private static UnixFileMode Mode =>
        UnixFileMode.UserRead | UnixFileMode.UserWrite | (UnixFile.IsLinux ? UnixFileMode.StickyBit : UnixFileMode.None);

    public static AgentFile? Open(string path, bool mayCreate)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            CheckDirectory(path);
            var error = 0;
            var handle = mayCreate
                ? UnixFile.TryOpenOrCreate(path, appends: false, Mode, out error)
                : UnixFile.TryOpen(path, appends: false, out error);
            if (handle is null)
                return !mayCreate && error == UnixFile.NoSuchFile ? null : throw NotOpened(path, error);

            var isKept = false;
            try
            {
                Check(handle, path);
                var isLocked = UnixFile.TryLock(handle, out error);
                if (error != 0)
                    throw new AgentFileException(path, $"cannot be locked ({Words(error)}); name a file on a local disk");
                isKept = IsAt(handle, path);
                if (isKept)
                    return new AgentFile(handle, path, isLocked);
            }
            finally
            {
                if (!isKept)
                    handle.Dispose();
            }
        }

        throw new AgentFileException(path, "is replaced again and again; name a file that nothing else writes");
    }

    /// <summary>Whether this file, and not another, is what the path leads to.</summary>
    public static bool IsAt(SafeFileHandle handle, string path) =>
        UnixFileStatus.TryRead(handle, out var opened, out _)
            && UnixFileStatus.TryRead(path, followsLink: false, out var named, out _)
            && opened.IsSameFile(named);

    public static void Unlock(SafeFileHandle handle) => UnixFile.Unlock(handle);

    private static void Check(SafeFileHandle handle, string path)
    {
        if (!UnixFileStatus.TryRead(handle, out var status, out var error))
            throw new AgentFileException(path, $"cannot be looked at ({Words(error)}); name another file");
        var problem = !status.IsRegular ? "is no file; name one"
            : status.Owner != UnixFile.EffectiveUser
                ? Text($"belongs to the user {status.Owner}, and only what belongs to this one, {UnixFile.EffectiveUser}, is believed; ")
                    + "remove it, or name another file"
            : status.Links == 0 ? null
            : status.Links > 1 ? "has more than one name, so that others may have put it there; remove it, or name another file"
            : status.IsOpenToOthers ? "may be read or written by others; remove it, or allow it to its owner alone with chmod 600"
            : null;
        if (problem is not null)
            throw new AgentFileException(path, problem);
    }

    /// <summary>
    /// Who owns the directory can take the file away, so that two processes hold one each. Others may write to it, as they may to /tmp:
    /// what is in it is checked.
    /// </summary>
    private static void CheckDirectory(string path)
    {
        if (Path.GetDirectoryName(path) is not { Length: > 0 } directory)
            return;
        foreach (var followsLink in (bool[])[false, true])
        {
            if (!UnixFileStatus.TryRead(directory, followsLink, out var status, out var error))
            {
                if (error == UnixFile.NoSuchFile)
                    return;
                throw new AgentFileException(path, $"is in a directory that cannot be looked at ({Words(error)}); name a file elsewhere");
            }

            if (status.Owner != 0 && status.Owner != UnixFile.EffectiveUser)
            {
                throw new AgentFileException(
                    path,
                    Text($"is in a directory of the user {status.Owner}, who could replace it; ")
                        + Text($"name a file in one of root or of this user, {UnixFile.EffectiveUser}"));
            }
        }
    }

    private static AgentFileException NotOpened(string path, int error) => new(
        path,
        error == UnixFile.TooManyLinks
            ? "is a link, which is not followed; name the file itself"
            : $"cannot be opened ({Words(error)}); name a file that this user may read and write");

    private static string Text(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);

    private static string Words(int error) => Marshal.GetPInvokeErrorMessage(error);
}
