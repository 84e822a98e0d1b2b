namespace Rotel.DiskLog;

/// <summary>One reader's durable place in a log. Thread-safe.</summary>
internal sealed class LogReader
{
    public string Name => throw new NotImplementedException();

    /// <summary>Its own in <see cref="RecordHeader.Readers"/>.</summary>
    public ulong Bit => throw new NotImplementedException();

    /// <summary>
    /// The lowest record that is for this reader and not finished; the next sequence when there is none. Of what earlier runs left, it may
    /// be lower until a cursor has been there.
    /// </summary>
    public long Position => throw new NotImplementedException();

    /// <summary>First sequence of this run: what is below is backlog of earlier ones.</summary>
    public long RunStart => throw new NotImplementedException();

    /// <summary>Something unfinished is, or may be, below <see cref="RunStart"/>.</summary>
    public bool HasBacklogAtOpen => throw new NotImplementedException();

    /// <summary>Of records not finished; an estimate.</summary>
    public long UnfinishedBytes => throw new NotImplementedException();

    /// <summary>Delivered, or dropped and counted. In memory.</summary>
    public void Finish(long sequence) => throw new NotImplementedException();

    /// <summary>Persists what was finished. A failure is kept and tried again.</summary>
    public void Save() => throw new NotImplementedException();

    /// <summary>Reads from a sequence on; several may be open.</summary>
    public LogCursor OpenCursor(long fromSequence) => throw new NotImplementedException();
}
