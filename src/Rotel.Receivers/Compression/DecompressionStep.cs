namespace Rotel.Receivers.Compression;

/// <summary>Where a <see cref="Decompression"/> stands after a run.</summary>
internal enum DecompressionStep
{
    /// <summary>There is more, and no room for it.</summary>
    NeedsRoom,

    /// <summary>The body was whole, and all of it is written.</summary>
    Finished,

    /// <summary>The body is damaged, cut short, or something follows it.</summary>
    Damaged,
}
