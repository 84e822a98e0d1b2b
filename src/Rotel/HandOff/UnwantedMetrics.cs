using OpenTelemetry.Metrics;

namespace Rotel.HandOff;

/// <summary>Stands in for the reader where Rotel is switched off or exports no metrics: it never collects.</summary>
internal sealed class UnwantedMetrics : MetricReader
{
    protected override bool OnCollect(int timeoutMilliseconds) => true;
}
