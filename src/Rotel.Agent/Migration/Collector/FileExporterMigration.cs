namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's exporter <c>file</c>.</summary>
internal static class FileExporterMigration
{
    public static void Migrate(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        section.Copy("path", group, "path");
        var rotation = section.Section("rotation");
        if (rotation.Number("max_megabytes") is { } megabytes && megabytes > 0)
            group.Set("max_file_size", $"{megabytes}MiB", rotation.PlaceOf("max_megabytes"));
        if (rotation.Number("max_days") is { } days && days > 0)
        {
            group.Set("max_file_age", $"{days * 24}h", rotation.PlaceOf("max_days"));
            rotation.Differ(
                "max_days",
                "Rotel begins a new file at this age, where the collector deletes old ones; max_files bounds how many are kept");
        }

        if (rotation.Number("max_backups") is { } backups && backups > 0)
            group.Set("max_files", $"{backups}", rotation.PlaceOf("max_backups"));
        rotation.Ignore("localtime");
        if (!rotation.Exists)
        {
            context.Report.Differ(
                section.Place,
                "Rotel begins a new file every 100 MiB and every day, and keeps 5, unless max_file_size, max_file_age and max_files "
                    + "say otherwise");
        }

        if (section.Word("format") is not (null or "json"))
            section.Leave("format", "Rotel writes lines of OTLP/JSON", "Read these");
        if (section.Word("compression") is not (null or "" or "none"))
            section.Leave("compression", "Rotel writes plain lines", "Compress closed files");
        section.Leave("group_by", "Rotel writes one file per exporter", "Use an exporter per file");
        section.Ignore("flush_interval", "append", "create_directory", "directory_permissions");
        ClientSettings.MigrateDelivery(section, group, context);
    }
}
