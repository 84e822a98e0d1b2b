namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Field numbers of a distribution and of its points
/// (https://github.com/DataDog/agent-payload/blob/master/proto/metrics/agent_payload.proto, SketchPayload).
/// </summary>
internal static class SketchFields
{
    public const int Metric = 1;
    public const int Host = 2;
    public const int Tags = 4;
    public const int Dogsketches = 7;
    public const int Metadata = 8;

    public const int Time = 1;
    public const int Count = 2;
    public const int Min = 3;
    public const int Max = 4;
    public const int Average = 5;
    public const int Sum = 6;
    public const int Keys = 7;
    public const int Counts = 8;
}
