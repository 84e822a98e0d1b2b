using Microsoft.Extensions.Logging;
using Rotel.Receivers.Operation;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>The rows about running Rotel: sharing one among processes, its own messages, what it tells about itself.</summary>
internal static class OperationSettings
{
    public const string LogFile = "log_file";
    public const string LogFormat = "log_format";
    public const string LogLevelRow = "log_level";
    public const string StatusEndpoint = "status_endpoint";
    public const string InternalTelemetry = "enable_internal_telemetry";
    public const string InternalTelemetryInterval = "internal_telemetry_interval";
    public const string InternalMetricsExporters = "exporters_internal_metrics";
    public const string InternalLogsExporters = "exporters_internal_logs";
    public const string ExportActivities = "export_activities";
    public const string RememberedTraces = "remembered_traces";

    public static IReadOnlyList<Setting> All => field ??=
    [
        .. SharedAgentSettings.All,
        new Setting<RotelOptions, string>(
            LogFile, SettingForms.FilePath, "The file that Rotel's own messages are appended to; made anew when it is renamed or deleted.",
            options => options.Log.File, (options, value) => options.Log.File = value)
        {
            WhenUnset = "the host's log; standard error in the `rotel` command",
        },
        new Setting<RotelOptions, RotelLogFormat>(
            LogFormat, SettingForms.OneOf<RotelLogFormat>(), "How messages are written there, or to standard error.",
            options => options.Log.Format, (options, value) => options.Log.Format = value),
        new Setting<RotelOptions, LogLevel>(
            LogLevelRow, SettingForms.OneOf<LogLevel>(),
            "The least severe of Rotel's own messages that are written; in the host's log, its filters alone decide while this is unset.",
            options => options.Log.Level, (options, value) => options.Log.Level = value),
        new Setting<RotelOptions, string>(
            StatusEndpoint, SettingForms.Text,
            "The `host:port` of the loopback interface, or `unix:` and a path, where `/rotel/status` and `/rotel/health` tell how Rotel is doing.",
            options => options.StatusEndpoint, (options, value) => options.StatusEndpoint = value)
        {
            WhenUnset = "nowhere",
        },
        new Setting<RotelOptions, bool>(
            InternalTelemetry, SettingForms.Boolean, "Whether Rotel exports its metrics and messages, as the service `rotel`.",
            options => options.InternalTelemetry.Enabled, (options, value) => options.InternalTelemetry.Enabled = value),
        new Setting<RotelOptions, TimeSpan>(
            InternalTelemetryInterval, SettingForms.Duration, "How often those metrics are exported; at least 1s.",
            options => options.InternalTelemetry.Interval, (options, value) => options.InternalTelemetry.Interval = value),
        new Setting<RotelOptions, IReadOnlyList<string>>(
            InternalMetricsExporters, SettingForms.List, "The names of the exporters that those metrics go to; `none` for none.",
            options => options.InternalTelemetry.MetricsExporters, (options, value) => options.InternalTelemetry.MetricsExporters = value)
        {
            WhenUnset = "those of metrics",
        },
        new Setting<RotelOptions, IReadOnlyList<string>>(
            InternalLogsExporters, SettingForms.List, "The names of the exporters that those logs go to; `none` for none.",
            options => options.InternalTelemetry.LogsExporters, (options, value) => options.InternalTelemetry.LogsExporters = value)
        {
            WhenUnset = "those of logs",
        },
        new Setting<RotelOptions, bool>(
            ExportActivities, SettingForms.Boolean, "Whether each attempt to export is an activity of the source `Rotel`; without it there is no such source.",
            options => options.ExportActivities, (options, value) => options.ExportActivities = value),
        new Setting<RotelOptions, int>(
            RememberedTraces, SettingForms.Integer(0, RotelOptions.MostRememberedTraces),
            "How many traces are remembered for those who wait for the delivery of one; for tests.",
            options => options.RememberedTraces, (options, value) => options.RememberedTraces = value),
    ];

    public static void Validate(RotelOptions options, SettingErrors errors)
    {
        if (!StatusServer.TryRead(options.StatusEndpoint, out _, out var problem))
            errors.Add(StatusEndpoint, problem);
    }
}
