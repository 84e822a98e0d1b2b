using Rotel.Exporters.Blackhole;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.File;
using Rotel.Exporters.Otlp;
using Rotel.Pipelines;

namespace Rotel.Configuration;

/// <summary>The exporters that come with Rotel: one line each.</summary>
internal static class ExporterTypes
{
    public static OtlpExporterType Otlp { get; } = new();

    public static ClickHouseExporterType ClickHouse { get; } = new();

    public static DatadogExporterType Datadog { get; } = new();

    public static BlackholeExporterType Blackhole { get; } = new();

    public static FileExporterType File { get; } = new();

    public static IReadOnlyList<ExporterType> All { get; } = [Otlp, ClickHouse, Datadog, File, Blackhole];

    /// <summary>Why a type that other members of the family have is not here; null for a word nobody knows.</summary>
    public static string? WhyNot(string type) => type switch
    {
        "kafka" => $"the exporter type kafka {OtherPackages.Kafka}",
        "awsxray" or "awsemf" => $"the exporter type {type} is not supported by this version yet",
        _ => null,
    };
}
