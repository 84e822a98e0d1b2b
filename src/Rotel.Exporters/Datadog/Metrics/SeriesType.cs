namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>MetricPayload.MetricType.</summary>
internal enum SeriesType
{
    Count = 1,
    Gauge = 3,
}
