using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>How long spans took, from their start to their end.</summary>
/// <remarks>A span that ends before it starts, or has no end, took no time.</remarks>
public sealed class DurationField
{
    private const int NanosecondsPerTick = 100;

    internal DurationField()
    {
    }

    /// <summary>It is shorter than this.</summary>
    public static SpanCondition operator <(DurationField left, TimeSpan right) => NotNull(left).IsBelow(right);

    /// <summary>It is longer than this.</summary>
    public static SpanCondition operator >(DurationField left, TimeSpan right) => NotNull(left).IsAbove(right);

    /// <summary>It is at most this.</summary>
    public static SpanCondition operator <=(DurationField left, TimeSpan right) => NotNull(left).IsAtMost(right);

    /// <summary>It is at least this.</summary>
    public static SpanCondition operator >=(DurationField left, TimeSpan right) => NotNull(left).IsAtLeast(right);

    /// <summary>It is shorter than this.</summary>
    public SpanCondition IsBelow(TimeSpan limit) => Make(nameof(IsBelow), limit, (duration, other) => duration < other);

    /// <summary>It is at most this.</summary>
    public SpanCondition IsAtMost(TimeSpan limit) => Make(nameof(IsAtMost), limit, (duration, other) => duration <= other);

    /// <summary>It is longer than this.</summary>
    public SpanCondition IsAbove(TimeSpan limit) => Make(nameof(IsAbove), limit, (duration, other) => duration > other);

    /// <summary>It is at least this.</summary>
    public SpanCondition IsAtLeast(TimeSpan limit) => Make(nameof(IsAtLeast), limit, (duration, other) => duration >= other);

    private static SpanCondition Make(string name, TimeSpan limit, Func<Int128, Int128, bool> compare)
    {
        var nanoseconds = (Int128)limit.Ticks * NanosecondsPerTick;
        return new(new ItemNode<SpanItem>($"Spans.Duration.{name}({limit:c})", ConditionCost.Field, (ref SpanItem item) =>
        {
            ref readonly var span = ref item.Span;
            var (start, end) = (span.StartTimeUnixNano, span.EndTimeUnixNano);
            return compare(end > start ? end - start : 0, nanoseconds);
        }));
    }

    private static DurationField NotNull(DurationField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field;
    }
}
