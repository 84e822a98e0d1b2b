using Rotel.Diagnostics;
using Rotel.Pipelines;
using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Says, once per interval, that cumulative series were forgotten before their time: what they add up to their next point is not counted,
/// and nothing else would tell. Used by one encoder at a time.
/// </summary>
/// <param name="deltas">What forgets.</param>
/// <param name="context">What the exporter works with.</param>
/// <param name="maxSeries">As it is set.</param>
internal sealed class ForgottenSeries(CumulativeSeries deltas, ExporterContext context, int maxSeries)
{
    private readonly OncePerInterval _lines = new(context.Time);
    private long _said;

    /// <summary>Looks whether there are more than were told of.</summary>
    public void Look()
    {
        var evicted = deltas.Evicted;
        if (evicted == _said || !_lines.TryTake(out _))
            return;
        context.Logger.SeriesForgotten(context.Name, evicted - _said, maxSeries);
        _said = evicted;
    }
}
