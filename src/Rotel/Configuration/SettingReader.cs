using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>Fills options from the sources, the weakest first, so that the strongest has the last word on each setting.</summary>
internal sealed class SettingReader(IReadOnlyList<SettingSource> sources, ConfigurationErrors errors)
{
    public IReadOnlyList<SettingSource> Sources => sources;

    /// <param name="scope">What the rows belong to.</param>
    /// <param name="rows">Called only when there is a source to look into.</param>
    /// <param name="options">What to fill.</param>
    public void Apply(SettingScope scope, Func<IEnumerable<Setting>> rows, object options)
    {
        if (sources.Count == 0)
            return;

        var settings = rows().ToArray();
        foreach (var source in sources)
        {
            foreach (var setting in settings)
                Apply(source, scope, setting, options);
        }
    }

    private void Apply(SettingSource source, SettingScope scope, Setting setting, object options)
    {
        SettingNames? foundAs = null;
        foreach (var (name, isFile) in SecretFile.NamesOf(setting))
        {
            var names = scope.For(name);
            if (source.Find(names) is not { } value)
                continue;
            if (foundAs is { } other)
            {
                // Keys know no case: HostName is also what the alias hostname makes.
                if (source is SectionSource && names.Key.Equals(other.Key, StringComparison.OrdinalIgnoreCase))
                    continue;
                errors.Add(source.Describe(names), $"is another name of {source.Describe(other)}, and both are given; keep one");
                continue;
            }

            foundAs = names;
            string? problem = null;
            if (isFile)
                value = SecretFile.Read(setting, value, out problem);
            if ((problem ?? Read(setting, options, value)) is { } wrong)
                errors.Add(source.Describe(names), wrong);
        }
    }

    private static string? Read(Setting setting, object options, SourceValue value)
    {
        if (value.IsRepeated && !setting.IsCollection)
            return "is given more than once; keep one";
        if (value.Items is { } items)
            return setting.IsCollection ? setting.ApplyItems(options, items) : $"expected {setting.Form}, found a section";
        if (value.Text is null && setting.IsBoolean)
            return setting.Apply(options, "true");
        return string.IsNullOrWhiteSpace(value.Text)
            ? $"expected {setting.Form}, found nothing"
            : setting.Apply(options, value.Text.Trim());
    }
}
