namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// What one request to an intake of metrics may hold, as Datadog's agent keeps it
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/config/setup/config.go, <c>serializer_max_…</c>).
/// </summary>
/// <param name="Bytes">Before compression.</param>
/// <param name="Points">Of all records together.</param>
internal readonly record struct RecordLimits(int Bytes, int Points)
{
    public static RecordLimits Series { get; } = new(5_242_880, 10_000);

    public static RecordLimits Sketches { get; } = new(4 * 1024 * 1024, 10_000);
}
