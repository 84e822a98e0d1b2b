using Rotel.Otlp.Readers;

namespace Rotel.Processors.Editing;

/// <summary>Does what <see cref="RandomEdits"/> say, on the wire.</summary>
internal sealed class RandomEditor(int seed, bool adds = false) : BodyEditor
{
    private readonly RandomEdits _edits = new(seed, adds);

    public override EditLevels Levels => EditLevels.Resource | EditLevels.Scope | EditLevels.Metric | EditLevels.Item;

    public override void EditResource(ref BodyWalk walk)
    {
        if (walk.Resource.IsThere)
            Message(ref walk, walk.Resource, "resource", 1, isEntered: false);
        else if (_edits.AddsTo("no resource", 0))
            New(ref walk, walk.ResourceInsertAt);
    }

    public override void EditScope(ref BodyWalk walk)
    {
        if (walk.Scope.IsThere)
            Message(ref walk, walk.Scope, "scope", 3, isEntered: false);
    }

    public override bool EditMetric(ref BodyWalk walk) =>
        !_edits.LeavesOut("metric", 0, MetricReader.Read(walk.Metric.In(walk.Body)).Name);

    public override void EditMetricAfterPoints(ref BodyWalk walk) => Message(ref walk, walk.Metric, "metadata", 12, isEntered: true);

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (!edit.TryRead(item.Start, item.End, walk.ItemAttributes))
        {
            walk.AskForNormalForm();
            return true;
        }

        var key = edit.Count > 0 ? edit.Key(edit.Count - 1) : default;
        var leavesOut = _edits.LeavesOut("item", edit.Count, key);
        Message(ref walk, item, "item", walk.ItemAttributes, isEntered: true);
        return !leavesOut;
    }

    private void Message(ref BodyWalk walk, MessageAt message, string level, int field, bool isEntered)
    {
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (!edit.TryRead(message.Start, message.End, field))
        {
            walk.AskForNormalForm();
            return;
        }

        Attributes(ref edit, level);
        if (!isEntered)
            walk.Rewrite.Enter(message.Tag, message.FieldStart, message.Start, message.End);
        edit.WriteTo(ref walk.Rewrite);
        if (!isEntered)
            walk.Rewrite.Exit();
    }

    private static void New(ref BodyWalk walk, int position)
    {
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        Assert.True(edit.TryRead(position, position, 1));
        edit.AddString("made"u8, "once"u8);
        edit.AddCopy("copied"u8, 0);
        edit.AddString("not"u8, "to stay"u8);
        edit.Remove(2);
        edit.WriteNewMessage(ref walk.Rewrite, 0x0A, position);
    }

    private void Attributes(ref AttributeEdit edit, string level)
    {
        var count = edit.Count;
        for (var i = 0; i < count; i++)
        {
            switch (_edits.Of(level, edit.Key(i)))
            {
                case RandomEdits.Edit.Remove:
                    edit.Remove(i);
                    break;
                case RandomEdits.Edit.SetText:
                    edit.SetString(i, "text"u8);
                    break;
                case RandomEdits.Edit.SetOwnValue when edit.HasValue(i):
                    edit.SetValue(i, edit.Value(i));
                    break;
                case RandomEdits.Edit.Rename:
                    edit.Rename(i, "renamed"u8);
                    break;
                case RandomEdits.Edit.RenameTwice:
                    edit.Rename(i, new byte[200]);
                    edit.Rename(i, edit.Key(i)[..100]);
                    break;
                case RandomEdits.Edit.CopyFirst:
                    edit.CopyValue(i, 0);
                    break;
                default:
                    break;
            }
        }

        if (_edits.AddsTo(level, count))
            edit.AddString("added"u8, new byte[level.Length]);
    }
}
