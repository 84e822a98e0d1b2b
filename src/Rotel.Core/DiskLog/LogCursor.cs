namespace Rotel.DiskLog;

/// <summary>
/// Reads records for a reader, one thread at a time. Skips records that are not for it, that it has finished or was handed in this run, and
/// what is unreadable: that is reported, and its sequences are finished for all readers.
/// </summary>
internal sealed class LogCursor : IDisposable
{
    /// <summary>Everything below was returned or skipped.</summary>
    public long NextSequence => throw new NotImplementedException();

    /// <summary>Header read and checked; its content not yet.</summary>
    public CursorState MoveNext(out RecordHeader header) => throw new NotImplementedException();

    /// <summary>
    /// The content of the header just returned. <see cref="CursorState.End"/> where it is unreadable or was dropped meanwhile: move on.
    /// </summary>
    public CursorState Read(Span<byte> content) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
