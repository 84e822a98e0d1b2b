using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>
/// Secrets in files, as container platforms hand them out: a secret setting called <c>x</c> can be given as <c>x_file</c>, the path of a
/// file whose content is the value. The one place that knows this.
/// </summary>
internal static class SecretFile
{
    public const string Suffix = "_file";

    /// <summary>More than any secret has, and less than what somebody names by mistake.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <summary>Every name under which a setting is found: its own, its aliases, and each of them with the suffix where it is a secret.</summary>
    public static IEnumerable<(string Name, bool IsFile)> NamesOf(Setting setting)
    {
        var names = setting.Aliases.Prepend(setting.Name);
        return names.Select(name => (name, false))
            .Concat(setting.HasFileName ? names.Select(name => (name + Suffix, true)) : []);
    }

    /// <summary>What the file says, without one line break at its end; in a list or in pairs every line is an item.</summary>
    public static SourceValue Read(Setting setting, SourceValue path, out string? problem)
    {
        problem = path.IsRepeated || path.Items is not null || string.IsNullOrWhiteSpace(path.Text) ? "expected the path of one file" : null;
        if (problem is not null || SettingFile.Read(path.Text!.Trim(), MaxBytes, out problem) is not { } text)
            return default;

        text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        if (string.IsNullOrWhiteSpace(text))
            problem = $"expected {setting.Form} in '{path.Text.Trim()}', found nothing";
        return new SourceValue(setting.IsCollection ? text.ReplaceLineEndings(",") : text);
    }
}
