namespace Rotel.Processors.Filtering;

/// <summary>What a metric's data are.</summary>
public enum MetricDataKind
{
    /// <summary>The metric has no data, or data of a kind that Rotel does not know.</summary>
    None = 0,

    /// <summary>A value that is sampled: a temperature, a queue's length.</summary>
    Gauge = 1,

    /// <summary>A value that is added to: a counter.</summary>
    Sum = 2,

    /// <summary>A distribution over buckets with explicit bounds.</summary>
    Histogram = 3,

    /// <summary>A distribution over buckets whose bounds grow exponentially.</summary>
    ExponentialHistogram = 4,

    /// <summary>Quantiles, as older Prometheus clients report them.</summary>
    Summary = 5,
}
