namespace Rotel.Processors.Editing;

/// <summary>Writes every attribute of resources, scopes and items anew, as it is.</summary>
internal sealed class SameValuesEditor : BodyEditor
{
    public override EditLevels Levels => EditLevels.Resource | EditLevels.Scope | EditLevels.Item;

    public override void EditResource(ref BodyWalk walk) => Message(ref walk, walk.Resource, 1, isEntered: false);

    public override void EditScope(ref BodyWalk walk) => Message(ref walk, walk.Scope, 3, isEntered: false);

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        Message(ref walk, item, walk.ItemAttributes, isEntered: true);
        return true;
    }

    private static void Message(ref BodyWalk walk, MessageAt message, int field, bool isEntered)
    {
        if (!message.IsThere)
            return;
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (!edit.TryRead(message.Start, message.End, field))
        {
            walk.AskForNormalForm();
            return;
        }

        for (var i = 0; i < edit.Count; i++)
        {
            edit.CopyValue(i, i);
            edit.Rename(i, edit.Key(i));
        }

        if (!isEntered)
            walk.Rewrite.Enter(message.Tag, message.FieldStart, message.Start, message.End);
        edit.WriteTo(ref walk.Rewrite);
        if (!isEntered)
            walk.Rewrite.Exit();
    }
}
