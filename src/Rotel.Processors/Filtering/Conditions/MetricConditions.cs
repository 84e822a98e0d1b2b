using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A condition on metrics as a whole, bound to the plan of an editor.</summary>
internal sealed class MetricConditions(ConditionPlan plan, MetricCondition condition)
{
    private readonly ConditionNode<MetricItem> _node = condition.Node.Bind(plan);

    /// <summary>Whether the metric that the walk is at meets the condition.</summary>
    public bool Matches(ref BodyWalk walk)
    {
        var metric = new MetricItem(walk.Metric.In(walk.Body), plan.Answers(ref walk), walk.Scratch);
        return _node.Matches(ref metric);
    }
}
