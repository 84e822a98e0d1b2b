using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>Removes attributes.</summary>
internal sealed class DeleteStep(KeyChoice keys) : AttributeStep
{
    public override IEnumerable<byte[]> Keys => keys.Keys;

    public override KeyChoice? Pattern => keys.IsPattern ? keys : null;

    public override void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        for (var i = keys.Find(edit, 0, scratch); i >= 0; i = keys.Find(edit, i + 1, scratch))
            edit.Remove(i);
    }
}
