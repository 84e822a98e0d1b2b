using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes;

/// <summary>Edits the attributes of every resource, and makes one where there is none and something is to be added.</summary>
internal sealed class ResourceEditor(AttributeActions actions) : BodyEditor
{
    private const byte Tag = (CollectorFields.ResourceEnvelope.Resource << 3) | WireTag.Len;

    public override EditLevels Levels => EditLevels.Resource;

    public override bool Hides => actions.Hides;

    public override void EditResource(ref BodyWalk walk)
    {
        var resource = walk.Resource;
        var isThere = resource.IsThere;
        var (start, end) = isThere ? (resource.Start, resource.End) : (walk.ResourceInsertAt, walk.ResourceInsertAt);
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (!edit.TryRead(start, end, ResourceFields.Resource.Attributes, actions))
        {
            walk.AskForNormalForm();
            return;
        }

        actions.Apply(ref edit, walk.Scratch);
        if (!isThere)
        {
            edit.WriteNewMessage(ref walk.Rewrite, Tag, walk.ResourceInsertAt);
        }
        else if (edit.IsChanged)
        {
            walk.Rewrite.Enter(resource.Tag, resource.FieldStart, resource.Start, resource.End);
            edit.WriteTo(ref walk.Rewrite);
            walk.Rewrite.Exit();
        }
    }
}
