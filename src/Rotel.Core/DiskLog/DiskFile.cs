using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Rotel.Native;

namespace Rotel.DiskLog;

/// <summary>A file of the system's.</summary>
/// <param name="handle">What is read and written.</param>
/// <param name="owner">The handle, or the stream it is of.</param>
internal sealed class DiskFile(SafeFileHandle handle, IDisposable owner) : IFile
{
    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

    public long Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
    {
        if (buffers.Count == 1)
        {
            RandomAccess.Write(handle, buffers[0].Span, offset);
            return buffers[0].Length;
        }

        RandomAccess.Write(handle, buffers, offset);
        long length = 0;
        for (var i = 0; i < buffers.Count; i++)
            length += buffers[i].Length;
        return length;
    }

    public void Sync()
    {
        if (OperatingSystem.IsWindows())
            RandomAccess.FlushToDisk(handle);
        else if (!UnixFile.TrySync(handle, out var error))
            throw new IOException($"The file cannot be synced ({Marshal.GetPInvokeErrorMessage(error)}).", error);
    }

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void Dispose() => owner.Dispose();
}
