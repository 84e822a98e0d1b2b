namespace Rotel.DeadLetters;

/// <summary>
/// Why items that a destination refused for good are not kept, or not any more: a closed list, the value of the attribute
/// <c>rotel.reason</c> of <c>rotel.dead_letters.lost</c>.
/// </summary>
internal enum DeadLetterLoss
{
    /// <summary>The directory was full: the oldest file made way for new ones, or nothing could make way.</summary>
    NoRoom,

    /// <summary>The disk did not take them.</summary>
    Unwritable,

    /// <summary>They came faster than the disk takes them.</summary>
    Overload,

    /// <summary>One batch alone is larger than the directory may become.</summary>
    TooLarge,

    /// <summary>The batch existed only in the form of its exporter, which cannot be turned back.</summary>
    Unreadable,

    /// <summary>Rotel had stopped writing them.</summary>
    Stopped,
}
