namespace Rotel.Exporters.Datadog;

/// <summary>What histograms become at Datadog.</summary>
public enum DatadogHistogramMode
{
    /// <summary>Distributions, of which Datadog computes percentiles over all hosts.</summary>
    Distributions,

    /// <summary>A count for every bucket, tagged with its bounds: one metric with <c>.bucket</c> at the end.</summary>
    Counters,

    /// <summary>Nothing; of use with <see cref="DatadogExporterOptions.HistogramAggregations"/>.</summary>
    NoBuckets,
}
