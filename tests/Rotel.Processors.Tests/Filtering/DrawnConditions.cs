using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Filtering;

/// <summary>Draws conditions at random that are met by some of what the generator of telemetry makes.</summary>
internal sealed class DrawnConditions(Random random)
{
    private static readonly string[] Texts =
    [
        "", "a", "http.request.method", "GET /api/v1/orders/{id}", "größer als 5 €", "日本語のログ", "🦊🚀 emoji", "e\u0301 combining", "مرحبا",
    ];

    private static readonly string[] Parts = ["", "a", "GET", "e", "ログ", "€", "\u0301", "http", "}", "x"];

    // One uses look-behind, which wants the kind of expression that may backtrack.
    private static readonly string[] Patterns = ["^GET", "(?i)get", "[0-9]", "ログ$", "^$", "(?<=http)\\.", "emoji|a", "\\p{L}{3}"];

    private static readonly double[] Numbers = [0, 1, -1.5, 127, 16_384, -2_147_483_648, 1e300, double.PositiveInfinity];

    public Drawn<ResourceCondition, ResourceMessage?> Resource(int depth = 1) => Combine(
        depth, () => Attribute<ResourceCondition, ResourceMessage?>(Resources.Attribute, resource => resource?.Attributes),
        (left, right) => left & right, (left, right) => left | right, condition => !condition);

    public Drawn<ScopeCondition, PlainScope> Scope(int depth = 1) => Combine(
        depth, ScopeLeaf, (left, right) => left & right, (left, right) => left | right, condition => !condition);

    public Drawn<SpanCondition, PlainSpan> Span(int depth = 3) => Combine(
        depth, SpanLeaf, (left, right) => left & right, (left, right) => left | right, condition => !condition);

    public Drawn<LogCondition, PlainLog> Log(int depth = 3) => Combine(
        depth, LogLeaf, (left, right) => left & right, (left, right) => left | right, condition => !condition);

    public Drawn<MetricCondition, PlainMetric> Metric(int depth = 2) => Combine(
        depth, MetricLeaf, (left, right) => left & right, (left, right) => left | right, condition => !condition);

    public Drawn<DataPointCondition, PlainPoint> Point(int depth = 3) => Combine(
        depth, PointLeaf, (left, right) => left & right, (left, right) => left | right, condition => !condition);

    private Drawn<ScopeCondition, PlainScope> ScopeLeaf()
    {
        switch (random.Next(4))
        {
            case 0:
                var resource = Resource();
                return new(resource.Condition, scope => resource.Plain(scope.Resource));
            case 1:
                return Text<ScopeCondition, PlainScope>(Scopes.Name, scope => scope.Scope?.Name ?? "");
            case 2:
                return Text<ScopeCondition, PlainScope>(Scopes.Version, scope => scope.Scope?.Version ?? "");
            default:
                return Attribute<ScopeCondition, PlainScope>(Scopes.Attribute, scope => scope.Scope?.Attributes);
        }
    }

    private Drawn<SpanCondition, PlainSpan> SpanLeaf()
    {
        switch (random.Next(10))
        {
            case 0:
                var resource = Resource();
                return new(resource.Condition, span => resource.Plain(span.Around.Resource));
            case 1:
                var scope = Scope();
                return new(scope.Condition, span => scope.Plain(span.Around));
            case 2:
                return Text<SpanCondition, PlainSpan>(Spans.Name, span => span.Span.Name);
            case 3:
                return Text<SpanCondition, PlainSpan>(Spans.StatusMessage, span => span.Span.Status?.Message ?? "");
            case 4:
                var kinds = Enum.GetValues<ActivityKind>().Where(_ => random.Next(3) == 0).ToArray();
                return new(
                    Spans.Kind.IsOneOf(kinds), span => kinds.Any(kind => (int)kind == (span.Span.Kind == 0 ? 1 : (int)span.Span.Kind) - 1));
            case 5:
                var status = (ActivityStatusCode)random.Next(3);
                return new(Spans.Status.Is(status), span => (int)(span.Span.Status?.Code ?? 0) == (int)status);
            case 6:
                return Duration();
            case 7:
                return new(Spans.IsRoot, span => span.Span.ParentSpanId.All(value => value == 0));
            case 8:
                var name = Any(Texts);
                return new(Spans.HasEvent(name), span => span.Span.Events.Any(one => one.Name == name));
            default:
                return Attribute<SpanCondition, PlainSpan>(Spans.Attribute, span => span.Span.Attributes);
        }
    }

    private Drawn<LogCondition, PlainLog> LogLeaf()
    {
        switch (random.Next(8))
        {
            case 0:
                var resource = Resource();
                return new(resource.Condition, log => resource.Plain(log.Around.Resource));
            case 1:
                var scope = Scope();
                return new(scope.Condition, log => scope.Plain(log.Around));
            case 2:
                return Severity();
            case 3:
                return Text<LogCondition, PlainLog>(LogRecords.SeverityText, log => log.Record.SeverityText);
            case 4:
                return Text<LogCondition, PlainLog>(LogRecords.EventName, log => log.Record.EventName);
            case 5:
                return new(LogRecords.HasTraceId, log => log.Record.TraceId.Any(value => value != 0));
            case 6:
                return Value<LogCondition, PlainLog>(LogRecords.Body, log => (log.Record.Body is not null, log.Record.Body));
            default:
                return Attribute<LogCondition, PlainLog>(LogRecords.Attribute, log => log.Record.Attributes);
        }
    }

    private Drawn<MetricCondition, PlainMetric> MetricLeaf()
    {
        switch (random.Next(9))
        {
            case 0:
                var resource = Resource();
                return new(resource.Condition, metric => resource.Plain(metric.Around.Resource));
            case 1:
                var scope = Scope();
                return new(scope.Condition, metric => scope.Plain(metric.Around));
            case 2:
                return Text<MetricCondition, PlainMetric>(Metrics.Name, metric => metric.Metric.Name);
            case 3:
                return Text<MetricCondition, PlainMetric>(Metrics.Unit, metric => metric.Metric.Unit);
            case 4:
                return Text<MetricCondition, PlainMetric>(Metrics.Description, metric => metric.Metric.Description);
            case 5:
                return new(Metrics.IsMonotonic, metric => metric.Metric.Sum?.IsMonotonic == true);
            case 6:
                return new(Metrics.IsDelta, metric => Temporality(metric.Metric) == AggregationTemporality.Delta);
            case 7:
                return new(Metrics.IsCumulative, metric => Temporality(metric.Metric) == AggregationTemporality.Cumulative);
            default:
                var kinds = Enum.GetValues<MetricDataKind>().Where(_ => random.Next(3) == 0).ToArray();
                return new(Metrics.Kind.IsOneOf(kinds), metric => kinds.Any(kind => kind.ToString() == metric.Metric.DataCase.ToString()));
        }
    }

    private Drawn<DataPointCondition, PlainPoint> PointLeaf()
    {
        switch (random.Next(6))
        {
            case 0:
                var resource = Resource();
                return new(resource.Condition, point => resource.Plain(point.Around.Around.Resource));
            case 1:
                var scope = Scope();
                return new(scope.Condition, point => scope.Plain(point.Around.Around));
            case 2:
                var metric = Metric(depth: 1);
                return new(metric.Condition, point => metric.Plain(point.Around));
            case 3:
                var limit = Any(Numbers);
                return random.Next(5) switch
                {
                    0 => new(DataPoints.Value < limit, point => point.Value < limit),
                    1 => new(DataPoints.Value <= limit, point => point.Value <= limit),
                    2 => new(DataPoints.Value > limit, point => point.Value > limit),
                    3 => new(DataPoints.Value >= limit, point => point.Value >= limit),
                    _ => new(DataPoints.Value.Is(limit), point => point.Value == limit),
                };
            default:
                return Attribute<DataPointCondition, PlainPoint>(DataPoints.Attribute, point => point.Attributes);
        }
    }

    private Drawn<SpanCondition, PlainSpan> Duration()
    {
        var limit = random.Next(4) == 0
            ? Any(TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.MaxValue)
            : new TimeSpan(random.NextInt64() >> random.Next(63));
        Int128 Nanoseconds(PlainSpan span) => Int128.Max(0, (Int128)span.Span.EndTimeUnixNano - span.Span.StartTimeUnixNano);
        var bound = (Int128)limit.Ticks * 100;
        return random.Next(4) switch
        {
            0 => new(Spans.Duration < limit, span => Nanoseconds(span) < bound),
            1 => new(Spans.Duration <= limit, span => Nanoseconds(span) <= bound),
            2 => new(Spans.Duration > limit, span => Nanoseconds(span) > bound),
            _ => new(Spans.Duration >= limit, span => Nanoseconds(span) >= bound),
        };
    }

    private Drawn<LogCondition, PlainLog> Severity()
    {
        var limit = (LogSeverity)random.Next(25);
        return random.Next(5) switch
        {
            0 => new(LogRecords.Severity < limit, log => log.Record.SeverityNumber > 0 && (int)log.Record.SeverityNumber < (int)limit),
            1 => new(LogRecords.Severity <= limit, log => log.Record.SeverityNumber > 0 && (int)log.Record.SeverityNumber <= (int)limit),
            2 => new(LogRecords.Severity > limit, log => log.Record.SeverityNumber > 0 && (int)log.Record.SeverityNumber > (int)limit),
            3 => new(LogRecords.Severity >= limit, log => log.Record.SeverityNumber > 0 && (int)log.Record.SeverityNumber >= (int)limit),
            _ => new(LogRecords.Severity.Is(limit), log => (int)log.Record.SeverityNumber == (int)limit),
        };
    }

    private Drawn<TCondition, TItem> Text<TCondition, TItem>(TextField<TCondition> field, Func<TItem, string> text)
    {
        var (part, whole, pattern) = (Any(Parts), Any(Texts), Any(Patterns));
        return random.Next(7) switch
        {
            0 => new(field.Is(whole), item => text(item) == whole),
            1 => new(field.IsOneOf(whole, part), item => text(item) == whole || text(item) == part),
            2 => new(field.StartsWith(part), item => text(item).StartsWith(part, StringComparison.Ordinal)),
            3 => new(field.EndsWith(part), item => text(item).EndsWith(part, StringComparison.Ordinal)),
            4 => new(field.Contains(part), item => text(item).Contains(part, StringComparison.Ordinal)),
            5 => new(
                field.Matches(new Regex(pattern, RegexOptions.IgnoreCase)), item => Regex.IsMatch(text(item), pattern, RegexOptions.IgnoreCase)),
            _ => new(field.Matches(pattern), item => Regex.IsMatch(text(item), pattern)),
        };
    }

    private Drawn<TCondition, TItem> Attribute<TCondition, TItem>(
        Func<string, ValueField<TCondition>> field, Func<TItem, IEnumerable<KeyValue>?> attributes)
    {
        var key = Any(Texts);
        return Value<TCondition, TItem>(
            field(key),
            item => attributes(item)?.FirstOrDefault(one => one.Key == key) is { } attribute ? (true, attribute.Value) : (false, null));
    }

    private Drawn<TCondition, TItem> Value<TCondition, TItem>(
        ValueField<TCondition> field, Func<TItem, (bool IsThere, AnyValue? Value)> get)
    {
        var (limit, truth, number) = (Any(Numbers), random.Next(2) == 0, (long)Any(0, 1, 127, int.MaxValue));
        double? Number(TItem item) => get(item).Value switch
        {
            { ValueCase: AnyValue.ValueOneofCase.IntValue } value => value.IntValue,
            { ValueCase: AnyValue.ValueOneofCase.DoubleValue } value => value.DoubleValue,
            _ => null,
        };
        switch (random.Next(12))
        {
            case 0:
                return new(field.IsPresent, item => get(item).IsThere);
            case 1:
                return new(field < limit, item => Number(item) < limit);
            case 2:
                return new(field <= limit, item => Number(item) <= limit);
            case 3:
                return new(field > limit, item => Number(item) > limit);
            case 4:
                return new(field >= limit, item => Number(item) >= limit);
            case 5:
                return new(field.Is(truth), item => get(item).Value is { HasBoolValue: true } value && value.BoolValue == truth);
            case 6:
                return new(field.Is(number), item => Number(item) == number);
            case 7:
                return new(field.Is(limit), item => Number(item) == limit);
            default:
                bool IsText(TItem item) => get(item).Value is { HasStringValue: true };
                string TextOf(TItem item) => get(item).Value!.StringValue;
                var (part, whole, pattern) = (Any(Parts), Any(Texts), Any(Patterns));
                return random.Next(7) switch
                {
                    0 => new(field.Is(whole), item => IsText(item) && TextOf(item) == whole),
                    1 => new(field.IsOneOf(whole, part), item => IsText(item) && (TextOf(item) == whole || TextOf(item) == part)),
                    2 => new(field.StartsWith(part), item => IsText(item) && TextOf(item).StartsWith(part, StringComparison.Ordinal)),
                    3 => new(field.EndsWith(part), item => IsText(item) && TextOf(item).EndsWith(part, StringComparison.Ordinal)),
                    4 => new(field.Contains(part), item => IsText(item) && TextOf(item).Contains(part, StringComparison.Ordinal)),
                    5 => new(field.Matches(new Regex(pattern)), item => IsText(item) && Regex.IsMatch(TextOf(item), pattern)),
                    _ => new(field.Matches(pattern), item => IsText(item) && Regex.IsMatch(TextOf(item), pattern)),
                };
        }
    }

    private Drawn<TCondition, TItem> Combine<TCondition, TItem>(
        int depth,
        Func<Drawn<TCondition, TItem>> leaf,
        Func<TCondition, TCondition, TCondition> and,
        Func<TCondition, TCondition, TCondition> or,
        Func<TCondition, TCondition> not)
    {
        if (depth == 0 || random.Next(4) == 0)
            return leaf();
        var left = Combine(depth - 1, leaf, and, or, not);
        if (random.Next(3) == 0)
            return new(not(left.Condition), item => !left.Plain(item));
        var right = Combine(depth - 1, leaf, and, or, not);
        return random.Next(2) == 0
            ? new(and(left.Condition, right.Condition), item => left.Plain(item) && right.Plain(item))
            : new(or(left.Condition, right.Condition), item => left.Plain(item) || right.Plain(item));
    }

    private static AggregationTemporality? Temporality(Metric metric) =>
        metric.Sum?.AggregationTemporality
        ?? metric.Histogram?.AggregationTemporality
        ?? metric.ExponentialHistogram?.AggregationTemporality;

    private T Any<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
