using Rotel.Delivery;

namespace Rotel.Exporters.File;

/// <summary>
/// Appends telemetry to a file as OTLP/JSON, one export request of one signal per line, as the OpenTelemetry Collector's file exporter
/// writes it and its <c>otlpjsonfile</c> receiver reads it.
/// </summary>
/// <remarks>
/// All signals of an exporter share its file; a line tells its signal by its only key. For a file per signal use an exporter per signal.
/// Lines are handed to the operating system at once, and not forced to the disk. One exporter writes a file; a second one waits for it.
/// </remarks>
public sealed class FileExporterOptions : ExporterOptions
{
    internal const string DefaultPath = "rotel-telemetry.jsonl";

    /// <summary>Gets or sets the file; its directory is created.</summary>
    /// <value>The default is <c>rotel-telemetry.jsonl</c> in the working directory.</value>
    /// <remarks>A full file is renamed by the moment it was closed: <c>rotel-telemetry-20260301T120000000Z.jsonl</c>.</remarks>
    public string Path { get; set; } = DefaultPath;

    /// <summary>Gets or sets the bytes at which a new file is begun. A line larger than that has a file of its own.</summary>
    /// <value>The default is 100 MiB.</value>
    public long MaxFileSize { get; set; } = 100 * 1024 * 1024;

    /// <summary>Gets or sets the age at which a new file is begun, by the next line that is written.</summary>
    /// <value>The default is one day.</value>
    public TimeSpan MaxFileAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Gets or sets how many closed files are kept beside the current one; older ones are deleted.</summary>
    /// <value>The default is 5.</value>
    public int MaxFiles { get; set; } = 5;
}
