using Rotel.Destinations;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Exporters.File;

/// <summary>The exporter <c>file</c>.</summary>
internal sealed class FileExporterType : ExporterType<FileExporterOptions>
{
    private const string Path = "path";
    private const string MaxFileSize = "max_file_size";
    private const string MaxFileAge = "max_file_age";
    private const string MaxFiles = "max_files";

    public override string Name => "file";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new Setting<FileExporterOptions, string>(
            Path, SettingForms.FilePath, "The file that lines of OTLP/JSON are appended to.",
            options => options.Path, (options, value) => options.Path = value),
        new Setting<FileExporterOptions, long>(
            MaxFileSize, SettingForms.ByteSize, "The size at which a new file is begun.",
            options => options.MaxFileSize, (options, value) => options.MaxFileSize = value),
        new Setting<FileExporterOptions, TimeSpan>(
            MaxFileAge, SettingForms.Duration, "The age at which a new file is begun.",
            options => options.MaxFileAge, (options, value) => options.MaxFileAge = value),
        new Setting<FileExporterOptions, int>(
            MaxFiles, SettingForms.Integer(), "How many closed files are kept beside the current one.",
            options => options.MaxFiles, (options, value) => options.MaxFiles = value),
    ];

    protected override void Validate(FileExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
        if (PathProblem(options.Path) is { } problem)
            errors.Add(Path, problem);
        if (options.MaxFileSize < 1)
            errors.Add(MaxFileSize, "must be 1 or more; write a size such as 100MiB");
        if (options.MaxFileAge <= TimeSpan.Zero)
            errors.Add(MaxFileAge, "must be longer than nothing; write a duration such as 24h");
        if (options.MaxFiles < 0)
            errors.Add(MaxFiles, "must be 0 or more");
    }

    protected override IExporter Create(FileExporterOptions options, ExporterContext context) => new FileExporter(options, context);

    protected override Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        FileExporterOptions options,
        IReadOnlyCollection<OtlpSignal> signals,
        ExporterContext context,
        CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DestinationFinding>>([WritingTrial.Of(options.Path)]);

    /// <summary>What can be known without touching the disk's contents; the rest (permissions, space) shows when it is written.</summary>
    private static string? PathProblem(string? path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
            return $"expected the path of a file, such as {FileExporterOptions.DefaultPath}";

        var full = System.IO.Path.GetFullPath(path);
        if (System.IO.Path.EndsInDirectorySeparator(full) || Directory.Exists(full))
            return $"'{full}' is a directory; add the name of a file";
        for (var parent = System.IO.Path.GetDirectoryName(full); parent is not null; parent = System.IO.Path.GetDirectoryName(parent))
        {
            if (System.IO.File.Exists(parent))
                return $"'{parent}' is a file, so no directory can be made there";
            if (Directory.Exists(parent))
                break;
        }

        return null;
    }
}
