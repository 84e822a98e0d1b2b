using Rotel.Native;
using Rotel.Settings;
using Rotel.Sharing;

namespace Rotel.Configuration;

/// <summary>The rows about sharing one Rotel among processes, and what they come to.</summary>
internal static class SharedAgentSettings
{
    public const string SharedAgent = "shared_agent";
    public const string PidFile = "pid_file";

    /// <summary>What is handed over to the holder is counted under this name, which no exporter may have beside it.</summary>
    public const string ReservedName = ForwardExporter.Name;

    private const string RuntimeDirectory = "XDG_RUNTIME_DIR";
    private const string LocalData = "LOCALAPPDATA";
    private const string FileName = "agent.pid";

    public static IReadOnlyList<Setting> All { get; } =
    [
        new Setting<RotelOptions, bool>(
            SharedAgent, SettingForms.Boolean,
            "Whether the processes of this user share one Rotel: the first listens, the others hand over to it, and one of them takes over"
                + " when it ends.",
            options => options.SharedAgent, (options, value) => options.SharedAgent = value)
        {
            WhenUnset = "true where `pid_file` is set, otherwise false",
        },
        new Setting<RotelOptions, string>(
            PidFile, SettingForms.FilePath, "The file that says which of them it is; processes that name the same one share.",
            options => options.PidFile, (options, value) => options.PidFile = value)
        {
            WhenUnset = "`rotel/agent.pid` in `XDG_RUNTIME_DIR`, else `/tmp/rotel-<uid>/agent.pid`;"
                + " `Rotel\\agent.pid` in `LOCALAPPDATA` on Windows",
        },
    ];

    /// <summary>The file of a shared agent, absolute; null where nothing is shared, or where an error says why there is none.</summary>
    public static string? PathOf(RotelOptions options, IReadOnlyDictionary<string, string> environment, SettingErrors errors)
    {
        if (!options.SharesAgent)
            return null;
        if (options.PidFile is not { } file)
        {
            var path = DefaultPath(environment);
            if (path is null)
                errors.Add(PidFile, $"has no default here, for there is no {LocalData}; name a file");
            return path;
        }

        if (string.IsNullOrWhiteSpace(file) || file.Contains('\0', StringComparison.Ordinal))
        {
            errors.Add(PidFile, "expected the path of a file, such as /run/my-service/rotel.pid");
            return null;
        }

        var full = Path.GetFullPath(file);
        if (Path.EndsInDirectorySeparator(full) || Directory.Exists(full))
            errors.Add(PidFile, $"'{full}' is a directory; add the name of a file");
        return full;
    }

    public static void Validate(RotelPlan plan, ConfigurationErrors errors)
    {
        if (plan.AgentFile is not { } path)
            return;
        foreach (var exporter in plan.Options.Exporters.All.Where(exporter => exporter.Name == ReservedName))
        {
            errors.Add(
                exporter.Scope.Section,
                $"an exporter cannot be called {ReservedName} while {SettingScope.Global.For(SharedAgent)} is on, "
                    + "for what other processes hand over is counted under that name; call it something else");
        }

        if (plan.Options.Log.File is { } log && !string.IsNullOrWhiteSpace(log) && !log.Contains('\0', StringComparison.Ordinal)
            && Path.GetFullPath(log) == path)
        {
            errors.Add(
                SettingScope.Global.For(PidFile).ToString(),
                $"is the file that {SettingScope.Global.For(OperationSettings.LogFile)} names, too; name another");
        }
    }

    public static IEnumerable<string> WarningsOf(RotelOptions options)
    {
        if (options is { SharedAgent: false, PidFile: not null })
        {
            yield return $"{SettingScope.Global.For(PidFile)}: has no effect, for {SettingScope.Global.For(SharedAgent)} is false; "
                + "remove one of them.";
        }
    }

    /// <summary>A directory that only this user can write to, where the system has one.</summary>
    private static string? DefaultPath(IReadOnlyDictionary<string, string> environment)
    {
        if (OperatingSystem.IsWindows())
        {
            return environment.TryGetValue(LocalData, out var data) && Path.IsPathFullyQualified(data)
                ? Path.Combine(data, "Rotel", FileName)
                : null;
        }

        // A variable that came along from another user, as with sudo, is not ours.
        return environment.TryGetValue(RuntimeDirectory, out var runtime) && Path.IsPathFullyQualified(runtime)
            && UnixFileStatus.TryRead(runtime, followsLink: true, out var status, out _)
            && status.IsDirectory && status.Owner == UnixFile.EffectiveUser
                ? Path.Combine(runtime, "rotel", FileName)
                : Path.Combine($"/tmp/rotel-{UnixFile.EffectiveUser}", FileName);
    }
}
