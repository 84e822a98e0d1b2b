using Rotel.Temporality;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>Which cumulative points there is something to send of.</summary>
internal readonly record struct DeltaRule(DatadogFirstPoint FirstPoint)
{
    /// <summary>Whether the delta counts; if not, nothing is lost: it is counted elsewhere, or was before Rotel began to watch.</summary>
    public bool Counts(DeltaOutcome outcome, bool startWasWatched) => outcome switch
    {
        DeltaOutcome.Difference or DeltaOutcome.Restart => true,
        DeltaOutcome.First => FirstPoint == DatadogFirstPoint.Keep || (FirstPoint == DatadogFirstPoint.Auto && startWasWatched),
        _ => false,
    };
}
