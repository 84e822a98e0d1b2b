namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Field numbers of a series and what is in it
/// (https://github.com/DataDog/agent-payload/blob/master/proto/metrics/agent_payload.proto, MetricPayload).
/// </summary>
internal static class SeriesFields
{
    public const int Resources = 1;
    public const int Metric = 2;
    public const int Tags = 3;
    public const int Points = 4;
    public const int Type = 5;
    public const int Unit = 6;
    public const int Metadata = 9;

    public const int ResourceType = 1;
    public const int ResourceName = 2;

    public const int PointValue = 1;
    public const int PointTimestamp = 2;
}
