using Rotel.Otlp.Readers;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A metric without its points. It is looked at once, however many points it has.</summary>
internal readonly ref struct MetricItem(ReadOnlySpan<byte> message, ReadOnlySpan<bool> known, EditScratch scratch) : IConditionItem
{
    private readonly ReadOnlySpan<bool> _known = known;

    public MetricReader Metric { get; } = MetricReader.Read(message);

    /// <summary>An AggregationTemporality; 0 for data that have none.</summary>
    public int Temporality => Metric.Kind switch
    {
        MetricKind.Sum => Metric.Sum.AggregationTemporality,
        MetricKind.Histogram => Metric.Histogram.AggregationTemporality,
        MetricKind.ExponentialHistogram => Metric.ExponentialHistogram.AggregationTemporality,
        _ => 0,
    };

    public EditScratch Scratch { get; } = scratch;

    public bool IsKnown(int index) => _known[index];
}
