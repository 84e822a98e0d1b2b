using Rotel.Delivery;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>An exporter that settings or code have named.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Type">What it is.</param>
/// <param name="Options">Its options, as far as they are known.</param>
/// <param name="Scope">The names that its settings have.</param>
internal sealed record ConfiguredExporter(string Name, ExporterType Type, ExporterOptions Options, SettingScope Scope)
{
    /// <summary>Whether <see cref="OtelEnvironment"/> has made it.</summary>
    public bool IsFromOtelEnvironment { get; init; }

    /// <summary>Every row that applies to it: those all exporters share, and its type's.</summary>
    public IEnumerable<Setting> Rows => RowsOf(Type);

    public static IEnumerable<Setting> RowsOf(ExporterType type) => type.Settings.Concat(SharedExporterSettings.All);
}
