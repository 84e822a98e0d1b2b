using Rotel.Configuration;

namespace Rotel.Agent.Migration.Collector;

/// <summary>What is not a pipeline of the collector's <c>service</c>: its extensions and its own telemetry.</summary>
internal static class ServiceMigration
{
    /// <summary>Rotel's levels by the collector's, where they are called otherwise or are not <c>information</c>.</summary>
    private static readonly Dictionary<string, string> Levels = new(StringComparer.Ordinal)
    {
        ["debug"] = "debug",
        ["warn"] = "warning",
        ["error"] = "error",
        ["dpanic"] = "error",
        ["panic"] = "error",
        ["fatal"] = "critical",
    };

    public static void Migrate(CollectorContext context)
    {
        var service = context.Root.Section("service");
        service.Ignore("pipelines");
        string[] used = [.. service.List("extensions").Select(text => text.Literal)];
        var extensions = context.Root.Section("extensions");
        foreach (var id in extensions.Keys.ToArray())
            MigrateExtension(id, extensions.Section(id), used.Contains(id), context);
        MigrateTelemetry(service.Section("telemetry"), context);
    }

    private static void MigrateExtension(string id, CollectorSection extension, bool isUsed, CollectorContext context)
    {
        var type = CollectorContext.TypeOf(id);
        if (type == "health_check")
        {
            var port = (extension.Word("endpoint") ?? "localhost:13133").Split(':')[^1];
            var place = extension.Has("endpoint") ? extension.PlaceOf("endpoint") : extension.Place;
            context.Configuration.Global.Set(OperationSettings.StatusEndpoint, $"localhost:{port}", place);
            context.Report.Differ(
                extension.Place,
                "Rotel tells at /rotel/status and /rotel/health, on the loopback interface only; in a host, AddHealthChecks().AddRotel() "
                    + "is what a probe from elsewhere asks");
            extension.Ignore("path", "response_body", "check_collector_pipeline", "use_v2");
        }
        else if (type == "memory_limiter")
        {
            MemoryLimiterMigration.Migrate(extension, context);
        }
        else if (!CollectorComponents.Extensions.Contains(type))
        {
            context.Report.Leave(extension.Place, "Rotel has nothing like it", CollectorComponents.AdviceFor(type, "extension"));
            extension.IgnoreAll();
        }
        else if (!isUsed)
        {
            context.Report.Differ(extension.Place, "the collector does not start it, for service.extensions does not name it");
        }
    }

    private static void MigrateTelemetry(CollectorSection telemetry, CollectorContext context)
    {
        var global = context.Configuration.Global;
        var logs = telemetry.Section("logs");
        if (logs.Word("level") is { } level)
        {
            global.Set(
                OperationSettings.LogLevelRow, Levels.GetValueOrDefault(level.ToLowerInvariant(), "information"), logs.PlaceOf("level"));
        }

        if (logs.Word("encoding") is "json")
            global.Set(OperationSettings.LogFormat, "json", logs.PlaceOf("encoding"));
        logs.Ignore("encoding", "development", "sampling", "disable_caller", "disable_stacktrace", "error_output_paths");
        if (logs.List("output_paths").FirstOrDefault(path => path.Literal is not ("stderr" or "stdout")) is { } path)
            global.Set(OperationSettings.LogFile, path, logs.PlaceOf("output_paths"));
        logs.Leave(
            "initial_fields", "Rotel's own messages have no fields of yours",
            "Set enable_internal_telemetry, and otel_resource_attributes");
        logs.Leave("processors", "Rotel sends its own logs through its own pipelines", "Set enable_internal_telemetry to true");

        var metrics = telemetry.Section("metrics");
        const string Pulled = "Rotel's own metrics are not scraped";
        const string Instead =
            "Set enable_internal_telemetry to true: they then go where metrics go; or collect the meter Rotel in the application's SDK";
        metrics.Leave("readers", Pulled, Instead);
        metrics.Leave("address", Pulled, Instead);
        metrics.Ignore("level", "views");
        telemetry.Leave(
            "traces", "Rotel's own activities are for whoever listens to the source Rotel",
            "Set export_activities to true, and add the source Rotel to the application's SDK");
        telemetry.Leave("resource", "Rotel's own telemetry says service.name rotel", "Do without it");
    }
}
