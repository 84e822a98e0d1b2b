namespace Rotel.DiskLog;

/// <summary>What a record says of itself.</summary>
internal readonly record struct RecordHeader
{
    /// <summary>Given by the log; without gaps in the order of the file.</summary>
    public long Sequence { get; init; }

    /// <summary>Of the content, in bytes; given by the log.</summary>
    public int Length { get; init; }

    public int Items { get; init; }

    /// <summary>The owner's own; the log only keeps them.</summary>
    public uint Flags { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long AcceptedAt { get; init; }

    /// <summary>Who is to have it, by <see cref="LogReader.Bit"/>.</summary>
    public ulong Readers { get; init; }

    /// <summary>Those of <see cref="Readers"/> that had it in memory when it was written.</summary>
    public ulong Handed { get; init; }
}
