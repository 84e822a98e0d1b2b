namespace Rotel.Processors.Editing;

/// <summary>Looks at everything and changes nothing.</summary>
internal sealed class IdleEditor : BodyEditor
{
    public override EditLevels Levels => EditLevels.Resource | EditLevels.Scope | EditLevels.Metric | EditLevels.Item;

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (!edit.TryRead(item.Start, item.End, walk.ItemAttributes))
            walk.AskForNormalForm();
        else
            edit.WriteTo(ref walk.Rewrite);
        return true;
    }
}
