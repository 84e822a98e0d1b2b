using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>Leaves out the items of one signal that meet a condition.</summary>
internal sealed class FilterEditor : BodyEditor
{
    private readonly ConditionPlan _plan = new();
    private readonly ItemConditions? _items;
    private readonly MetricConditions? _metrics;

    /// <param name="signal">Only the conditions of this signal are asked.</param>
    /// <param name="rules">What to leave out.</param>
    public FilterEditor(OtlpSignal signal, FilterRules rules)
    {
        (_items, _metrics) = signal switch
        {
            OtlpSignal.Traces when rules.Span is not null => (new ItemConditions(_plan, rules.Span, null, null), null),
            OtlpSignal.Logs when rules.Log is not null => (new ItemConditions(_plan, null, rules.Log, null), null),
            OtlpSignal.Metrics => (
                rules.DataPoint is null ? null : new ItemConditions(_plan, null, null, rules.DataPoint),
                rules.Metric is null ? null : new MetricConditions(_plan, rules.Metric)),
            _ => default((ItemConditions?, MetricConditions?)),
        };
        Levels = _plan.Levels | (_items is null ? 0 : EditLevels.Item) | (_metrics is null ? 0 : EditLevels.Metric);
    }

    public override EditLevels Levels { get; }

    public override ProcessorLossReason LossReason => ProcessorLossReason.Filtered;

    public override void EditResource(ref BodyWalk walk) => _plan.EnterResource(ref walk);

    public override void EditScope(ref BodyWalk walk) => _plan.EnterScope(ref walk);

    public override bool EditMetric(ref BodyWalk walk)
    {
        _plan.EnterMetric(ref walk);
        return _metrics is null || !_metrics.Matches(ref walk);
    }

    public override bool EditItem(ref BodyWalk walk, MessageAt item) => _items is null || !_items.Matches(ref walk, item);
}
