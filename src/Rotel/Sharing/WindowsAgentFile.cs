using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;
using Rotel.Native;

namespace Rotel.Sharing;

/// <summary>
/// <see cref="AgentFile"/> on Windows: who has it open for writing has the lock, for that is shared with readers only. Nor can it be
/// deleted or renamed meanwhile.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAgentFile
{
    public static AgentFile? Open(string path, bool mayCreate)
    {
        var isLocked = true;
        var handle = WindowsFile.TryOpen(path, writes: true, FileShare.Read, mayCreate, out var error);
        if (handle is null && error == WindowsFile.SharingViolation)
        {
            isLocked = false;
            handle = WindowsFile.TryOpen(path, writes: false, FileShare.ReadWrite | FileShare.Delete, mayCreate: false, out error);
        }

        if (handle is null)
        {
            return !mayCreate && error is WindowsFile.NotFound or WindowsFile.PathNotFound
                ? null
                : throw new AgentFileException(path, $"cannot be opened ({Words(error)}); name a file that this user may read and write");
        }

        var isKept = false;
        try
        {
            Check(handle, path);
            isKept = true;
            return new AgentFile(handle, path, isLocked);
        }
        finally
        {
            if (!isKept)
                handle.Dispose();
        }
    }

    private static void Check(SafeFileHandle handle, string path)
    {
        if (!WindowsFile.TryRead(handle, out var attributes, out var links, out var error))
            throw new AgentFileException(path, $"cannot be looked at ({Words(error)}); name another file");
        var problem = attributes.HasFlag(FileAttributes.ReparsePoint) ? "is a link, which is not followed; name the file itself"
            : attributes.HasFlag(FileAttributes.Directory) ? "is no file; name one"
            : links > 1 ? "has more than one name, so that others may have put it there; remove it, or name another file"
            : !IsTrusted(handle) ? "belongs to another user, and only what belongs to this one is believed; remove it, or name another file"
            : null;
        if (problem is not null)
            throw new AgentFileException(path, problem);
    }

    /// <summary>This user's, or an administrator's: what those make while they are elevated belongs to all of them.</summary>
    private static bool IsTrusted(SafeFileHandle handle)
    {
        // The stream is not disposed, for that would close the handle.
        var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        using var user = WindowsIdentity.GetCurrent();
        return stream.GetAccessControl().GetOwner(typeof(SecurityIdentifier)) is SecurityIdentifier owner
            && (owner == user.User || owner == user.Owner || owner.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid)
                || owner.IsWellKnown(WellKnownSidType.LocalSystemSid));
    }

    private static string Words(int error) => Marshal.GetPInvokeErrorMessage(error);
}
