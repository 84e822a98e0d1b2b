namespace Rotel.Processors.Editing;

/// <summary>
/// Which attributes an editor may look for, so that only those are read into slots: a sender can give millions of others.
/// </summary>
internal interface IKeyInterest
{
    /// <summary>Whether an attribute of the key may be looked for.</summary>
    bool Concerns(ReadOnlySpan<byte> key, EditScratch scratch);
}
