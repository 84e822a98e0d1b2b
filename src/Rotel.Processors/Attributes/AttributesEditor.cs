using Rotel.Processors.Editing;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Attributes;

/// <summary>Edits the attributes of every span, data point and log record that meets a condition.</summary>
/// <param name="actions">What to do.</param>
/// <param name="plan">Of the conditions.</param>
/// <param name="conditions">Null for all items.</param>
internal sealed class AttributesEditor(AttributeActions actions, ConditionPlan plan, ItemConditions? conditions) : BodyEditor
{
    public override EditLevels Levels { get; } = EditLevels.Item | plan.Levels;

    public override bool Hides => actions.Hides;

    public override void EditResource(ref BodyWalk walk) => plan.EnterResource(ref walk);

    public override void EditScope(ref BodyWalk walk) => plan.EnterScope(ref walk);

    public override bool EditMetric(ref BodyWalk walk)
    {
        plan.EnterMetric(ref walk);
        return true;
    }

    public override bool EditItem(ref BodyWalk walk, MessageAt item)
    {
        if (conditions is not null && !conditions.Matches(ref walk, item))
            return true;
        var edit = new AttributeEdit(walk.Body, walk.Scratch);
        if (edit.TryRead(item.Start, item.End, walk.ItemAttributes, actions))
        {
            actions.Apply(ref edit, walk.Scratch);
            edit.WriteTo(ref walk.Rewrite);
        }
        else
        {
            walk.AskForNormalForm();
        }

        return true;
    }
}
