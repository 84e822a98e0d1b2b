using Rotel.Memory;

namespace Rotel.DiskLog;

/// <summary>One append-only log of checksummed records in segment files, written once however many readers it has. Thread-safe.</summary>
internal sealed class SegmentLog : IAsyncDisposable
{
    /// <summary>
    /// Opens or creates. The caller holds the <see cref="DirectoryLock"/> of the directory above. Recovers from any damage; only a
    /// directory that cannot be used is a failure.
    /// </summary>
    public static LogOpening Open(
        LogSettings settings, IReadOnlyList<string> readers, DiskSpace space, IFileSystem files, TimeProvider time, RoomSignal room,
        ILogEvents events) => throw new NotImplementedException();

    /// <summary>Those asked for, in that order.</summary>
    public IReadOnlyList<LogReader> Readers => throw new NotImplementedException();

    /// <summary>What the next append will be given.</summary>
    public long NextSequence => throw new NotImplementedException();

    /// <summary>On disk.</summary>
    public long Bytes => throw new NotImplementedException();

    /// <summary>Pulsed after each append that some reader has to read from disk.</summary>
    public RoomSignal Written => throw new NotImplementedException();

    /// <summary>
    /// Appends a record whose content is <paramref name="head"/>, then <paramref name="body"/>; both stay the caller's and must stay valid
    /// until the task ends. Never throws.
    /// </summary>
    public ValueTask<AppendResult> AppendAsync(in RecordHeader header, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body) =>
        throw new NotImplementedException();

    /// <summary>Saves all positions, syncs if power-safe, closes. Cursors must have been disposed.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
