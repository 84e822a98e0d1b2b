namespace Rotel.Processors.Editing;

/// <summary>What an editor keeps in a scratch from one body to the next, such as a cache. Used by one body at a time.</summary>
internal abstract class EditorState
{
    /// <summary>Called after each body.</summary>
    public abstract void EndBody();
}
