namespace Rotel.Exporters.Datadog.Stats;

/// <summary>Takes spans into account that APM statistics are made of. Safe for concurrent use.</summary>
internal interface IStatisticsSink
{
    /// <summary>Counts one span that is top-level, measured, or of a kind that is always measured.</summary>
    void Add(in SpanStatistics span);
}
