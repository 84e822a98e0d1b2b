using Rotel.Otlp.Readers;
using Rotel.Processors.Filtering.Conditions;

namespace Rotel.Processors.Filtering;

/// <summary>What conditions can ask about metrics as a whole.</summary>
public static class Metrics
{
    private const int Delta = 1;
    private const int Cumulative = 2;

    /// <summary>Gets the name.</summary>
    public static TextField<MetricCondition> Name { get; } =
        new(test => new(FieldNodes.Text("Metrics.Name", (ref MetricItem item) => item.Metric.Name, test)));

    /// <summary>Gets the unit, such as <c>s</c> or <c>By</c>.</summary>
    public static TextField<MetricCondition> Unit { get; } =
        new(test => new(FieldNodes.Text("Metrics.Unit", (ref MetricItem item) => item.Metric.Unit, test)));

    /// <summary>Gets the description.</summary>
    public static TextField<MetricCondition> Description { get; } =
        new(test => new(FieldNodes.Text("Metrics.Description", (ref MetricItem item) => item.Metric.Description, test)));

    /// <summary>Gets what its data are.</summary>
    public static ChoiceField<MetricCondition, MetricDataKind> Kind { get; } =
        new(kinds => new(FieldNodes.Choice("Metrics.Kind", (ref MetricItem item) => (int)item.Metric.Kind, kinds, Number)));

    /// <summary>Gets the condition that it is a sum that only grows, as counters do.</summary>
    public static MetricCondition IsMonotonic { get; } = new(FieldNodes.Flag(
        "Metrics.IsMonotonic", (ref MetricItem item) => item.Metric.Kind == MetricKind.Sum && item.Metric.Sum.IsMonotonic));

    /// <summary>Gets the condition that its points tell the change since the points before: its temporality is delta.</summary>
    public static MetricCondition IsDelta { get; } =
        new(FieldNodes.Flag("Metrics.IsDelta", (ref MetricItem item) => item.Temporality == Delta));

    /// <summary>Gets the condition that its points tell the whole since a start: its temporality is cumulative.</summary>
    public static MetricCondition IsCumulative { get; } =
        new(FieldNodes.Flag("Metrics.IsCumulative", (ref MetricItem item) => item.Temporality == Cumulative));

    private static int Number(MetricDataKind kind) => (int)(kind switch
    {
        MetricDataKind.Gauge => MetricKind.Gauge,
        MetricDataKind.Sum => MetricKind.Sum,
        MetricDataKind.Histogram => MetricKind.Histogram,
        MetricDataKind.ExponentialHistogram => MetricKind.ExponentialHistogram,
        MetricDataKind.Summary => MetricKind.Summary,
        _ => MetricKind.None,
    });
}
