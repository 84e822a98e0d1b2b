using OpenTelemetry;

namespace Rotel.HandOff;

/// <summary>
/// Exports nothing: it is how the exporter inside a <see cref="HandOffExporter{T}"/> learns whose resource to write, which the SDK tells
/// only exporters that a processor holds directly.
/// </summary>
internal sealed class ProviderLink<T>(BaseExporter<T> exporter) : BaseExportProcessor<T>(exporter)
    where T : class
{
    protected override void OnExport(T data)
    {
    }
}
