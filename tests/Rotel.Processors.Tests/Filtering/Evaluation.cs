using Rotel.Memory;
using Rotel.Processors.Editing;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>Asks conditions that concern the item alone.</summary>
internal static class Evaluation
{
    public static bool Span(SpanCondition condition, byte[] span)
    {
        var item = new SpanItem(span, default, NewScratch());
        return condition.Node.Bind(new ConditionPlan()).Matches(ref item);
    }

    public static bool Log(LogCondition condition, byte[] record)
    {
        var item = new LogItem(record, default, NewScratch());
        return condition.Node.Bind(new ConditionPlan()).Matches(ref item);
    }

    private static EditScratch NewScratch() => new(new BufferPool(new ByteBudget(64 * 1024 * 1024)), TimeProvider.System);
}
