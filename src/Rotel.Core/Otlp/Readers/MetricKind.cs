namespace Rotel.Otlp.Readers;

/// <summary>Which member of a metric's data is set; the numbers are the members' field numbers.</summary>
internal enum MetricKind
{
    /// <summary>No member known to this code: a metric without data.</summary>
    None = 0,
    Gauge = 5,
    Sum = 7,
    Histogram = 9,
    ExponentialHistogram = 10,
    Summary = 11,
}
