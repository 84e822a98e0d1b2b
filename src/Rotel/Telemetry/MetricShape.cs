namespace Rotel.Telemetry;

/// <summary>What an instrument becomes in OTLP; all sums and histograms are cumulative.</summary>
internal enum MetricShape
{
    Gauge,

    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A sum that is not monotonic.</summary>
    UpDownCounter,
    Histogram,
}
