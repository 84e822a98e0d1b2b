using Rotel.Otlp;
using Rotel.Otlp.Readers;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>Conditions for the items of each signal, bound to the plan of an editor. A signal without one matches nothing.</summary>
internal sealed class ItemConditions
{
    private readonly ConditionPlan _plan;
    private readonly ConditionNode<SpanItem>? _span;
    private readonly ConditionNode<LogItem>? _log;
    private readonly ConditionNode<DataPointItem>? _point;

    public ItemConditions(ConditionPlan plan, SpanCondition? span, LogCondition? log, DataPointCondition? point)
    {
        _plan = plan;
        _span = span?.Node.Bind(plan);
        _log = log?.Node.Bind(plan);
        _point = point?.Node.Bind(plan);
    }

    /// <summary>Whether the item the walk is at meets the condition of its signal.</summary>
    public bool Matches(ref BodyWalk walk, MessageAt item) => walk.Signal switch
    {
        OtlpSignal.Traces when _span is not null => Span(ref walk, item),
        OtlpSignal.Logs when _log is not null => Log(ref walk, item),
        OtlpSignal.Metrics when _point is not null => Point(ref walk, item),
        _ => false,
    };

    private bool Span(ref BodyWalk walk, MessageAt item)
    {
        var span = new SpanItem(item.In(walk.Body), _plan.Answers(ref walk), walk.Scratch);
        return _span!.Matches(ref span);
    }

    private bool Log(ref BodyWalk walk, MessageAt item)
    {
        var record = new LogItem(item.In(walk.Body), _plan.Answers(ref walk), walk.Scratch);
        return _log!.Matches(ref record);
    }

    private bool Point(ref BodyWalk walk, MessageAt item)
    {
        var point = new DataPointItem((MetricKind)walk.MetricData, item.In(walk.Body), _plan.Answers(ref walk), walk.Scratch);
        return _point!.Matches(ref point);
    }
}
