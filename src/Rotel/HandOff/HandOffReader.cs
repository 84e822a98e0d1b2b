using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Rotel.HandOff;

/// <summary>The SDK's periodic reader, which can be asked for what has been measured since.</summary>
internal sealed class HandOffReader : PeriodicExportingMetricReader
{
    private readonly HandOffSource _source;

    public HandOffReader(BaseExporter<Metric> exporter, int intervalMilliseconds, int timeoutMilliseconds, HandOffSources sources)
        : base(exporter, intervalMilliseconds, timeoutMilliseconds) => _source = new HandOffSource(sources, Collect);

    protected override bool OnCollect(int timeoutMilliseconds)
    {
        var isLast = _source.Sources.IsLastRound;
        var collected = base.OnCollect(timeoutMilliseconds);
        if (isLast && collected)
            _source.HasGivenItsLast = true;
        return collected;
    }

    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        try
        {
            return base.OnShutdown(timeoutMilliseconds);
        }
        finally
        {
            _source.End();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.End();
        base.Dispose(disposing);
    }
}
