namespace Rotel.DiskLog;

/// <summary>What a step of a <see cref="LogCursor"/> found.</summary>
internal enum CursorState
{
    Record,

    /// <summary>Nothing more for now; of a content: it is not to be had, go on with the next.</summary>
    End,

    /// <summary>The system could not read; try again later.</summary>
    Failed,
}
