namespace Rotel.DiskLog;

/// <summary>An open file. Failures are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.</summary>
internal interface IFile : IDisposable
{
    /// <summary>Reads what is there, which may be less than asked for; 0 at the end.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all or a part, from the beginning; how much.</summary>
    long Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset);

    /// <summary>Returns once what was written is on the device.</summary>
    void Sync();

    void Truncate(long length);
}
