using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>One action, made ready. Immutable.</summary>
internal abstract class AttributeStep
{
    /// <summary>All keys of attributes that it reads, changes, adds or removes.</summary>
    public virtual IEnumerable<byte[]> Keys => [];

    /// <summary>The pattern of such keys; null for none.</summary>
    public virtual KeyChoice? Pattern => null;

    public abstract void Apply(ref AttributeEdit edit, EditScratch scratch);

    /// <summary>Removes the attributes of a key from an index on.</summary>
    protected static void RemoveFrom(ref AttributeEdit edit, int index, ReadOnlySpan<byte> key)
    {
        for (var i = edit.Find(key, index); i >= 0; i = edit.Find(key, i + 1))
            edit.Remove(i);
    }
}
