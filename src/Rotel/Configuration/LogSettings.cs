using Microsoft.Extensions.Logging;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>
/// What must hold of where Rotel's own messages go. Whether the file can be written shows at the start: nothing is touched here.
/// </summary>
internal static class LogSettings
{
    public static void Validate(RotelLogOptions options, SettingErrors errors)
    {
        if (options.File is { } file && Problem(file) is { } problem)
            errors.Add(OperationSettings.LogFile, problem);
        if (!Enum.IsDefined(options.Format))
            errors.Add(OperationSettings.LogFormat, $"expected {SettingForms.OneOf<RotelLogFormat>().Description}");
        if (!Enum.IsDefined(options.Level))
            errors.Add(OperationSettings.LogLevelRow, $"expected {SettingForms.OneOf<LogLevel>().Description}");
    }

    /// <summary>In a library the host decides how its log looks; only the command writes messages itself without a file.</summary>
    public static IEnumerable<string> WarningsOf(RotelLogOptions options, bool isCommand)
    {
        if (options.Format != RotelLogFormat.Text && options.File is null && !isCommand)
        {
            yield return $"{SettingScope.Global.For(OperationSettings.LogFormat)}: has no effect, for messages go to the host's log, which "
                + $"has a format of its own; set {SettingScope.Global.For(OperationSettings.LogFile)} to write them to a file, or remove "
                + "this.";
        }
    }

    private static string? Problem(string file)
    {
        if (string.IsNullOrWhiteSpace(file) || file.Contains('\0', StringComparison.Ordinal))
            return "expected the path of a file, such as /var/log/rotel.log";
        var full = Path.GetFullPath(file);
        return Path.EndsInDirectorySeparator(full) || Directory.Exists(full) ? $"'{full}' is a directory; add the name of a file" : null;
    }
}
