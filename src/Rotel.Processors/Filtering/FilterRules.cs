using Rotel.Otlp;

namespace Rotel.Processors.Filtering;

/// <summary>What a filter leaves out: one condition for each kind of item, made of the lists of names and the conditions in code.</summary>
internal sealed class FilterRules
{
    /// <param name="options">Validated.</param>
    /// <exception cref="ArgumentException">They were not: a pattern is not a regular expression.</exception>
    public FilterRules(FilterOptions options)
    {
        foreach (var condition in OfScopes(options))
        {
            Span = Span is null ? condition : Span | condition;
            Log = Log is null ? condition : Log | condition;
            Metric = Metric is null ? condition : Metric | condition;
        }

        foreach (var condition in OfSpans(options))
            Span = Span is null ? condition : Span | condition;
        foreach (var condition in OfLogs(options))
            Log = Log is null ? condition : Log | condition;
        foreach (var condition in OfMetrics(options))
            Metric = Metric is null ? condition : Metric | condition;
        foreach (var condition in OfDataPoints(options))
            DataPoint = DataPoint is null ? condition : DataPoint | condition;
    }

    /// <summary>The spans that go; null for none. So with the others.</summary>
    public SpanCondition? Span { get; }

    public LogCondition? Log { get; }

    /// <summary>The metrics that go as a whole.</summary>
    public MetricCondition? Metric { get; }

    /// <summary>The points that go of the metrics that stay.</summary>
    public DataPointCondition? DataPoint { get; }

    /// <summary>Whether there is anything to do in a signal.</summary>
    public bool HasAny(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => Span is not null,
        OtlpSignal.Logs => Log is not null,
        OtlpSignal.Metrics => Metric is not null || DataPoint is not null,
        _ => false,
    };

    private static IEnumerable<ScopeCondition> OfScopes(FilterOptions options)
    {
        if (options.DropServices.Count > 0)
            yield return Resources.ServiceName.IsNamed(options.DropServices);
        if (options.KeepServices.Count > 0)
            yield return !Resources.ServiceName.IsNamed(options.KeepServices);
        foreach (var (key, value) in options.DropResourceAttributes)
            yield return Resources.Attribute(key).IsNamed([value]);
        if (options.DropScopes.Count > 0)
            yield return Scopes.Name.IsNamed(options.DropScopes);
    }

    private static IEnumerable<SpanCondition> OfSpans(FilterOptions options)
    {
        if (options.DropSpanNames.Count > 0)
            yield return Spans.Name.IsNamed(options.DropSpanNames);
        if (options.KeepSpanNames.Count > 0)
            yield return !Spans.Name.IsNamed(options.KeepSpanNames);
        if (options.DropSpanKinds.Count > 0)
            yield return Spans.Kind.IsOneOf([.. options.DropSpanKinds]);
        if (options.DropSpansShorterThan is { } duration)
            yield return Spans.Duration < duration;
        foreach (var (key, value) in options.DropAttributes)
            yield return Spans.Attribute(key).IsNamed([value]);
        foreach (var condition in options.SpansToDrop)
            yield return condition;
    }

    private static IEnumerable<LogCondition> OfLogs(FilterOptions options)
    {
        if (options.DropBelowSeverity is { } severity)
            yield return LogRecords.Severity < severity;
        if (options.DropLogBodies.Count > 0)
            yield return LogRecords.Body.IsNamed(options.DropLogBodies);
        foreach (var (key, value) in options.DropAttributes)
            yield return LogRecords.Attribute(key).IsNamed([value]);
        foreach (var condition in options.LogsToDrop)
            yield return condition;
    }

    private static IEnumerable<MetricCondition> OfMetrics(FilterOptions options)
    {
        if (options.DropMetricNames.Count > 0)
            yield return Metrics.Name.IsNamed(options.DropMetricNames);
        if (options.KeepMetricNames.Count > 0)
            yield return !Metrics.Name.IsNamed(options.KeepMetricNames);
        foreach (var condition in options.MetricsToDrop)
            yield return condition;
    }

    private static IEnumerable<DataPointCondition> OfDataPoints(FilterOptions options)
    {
        foreach (var (key, value) in options.DropAttributes)
            yield return DataPoints.Attribute(key).IsNamed([value]);
        foreach (var condition in options.DataPointsToDrop)
            yield return condition;
    }
}
