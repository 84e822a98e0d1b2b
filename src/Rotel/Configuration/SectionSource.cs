using Microsoft.Extensions.Configuration;

namespace Rotel.Configuration;

/// <summary>The section <c>Rotel</c> of the host's configuration.</summary>
internal sealed class SectionSource(IConfiguration configuration) : SettingSource
{
    private const string Exporters = SettingScope.RootSection + ":Exporters";
    private const string Processors = SettingScope.RootSection + ":Processors";

    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    public override IEnumerable<UnreadName> Unread => LeavesOf(configuration.GetSection(SettingScope.RootSection))
        .Where(leaf => !IsRead(leaf.Path))
        .Select(leaf => new UnreadName(leaf.Path, null));

    /// <summary>The exporters that have a section of their own below <c>Rotel:Exporters</c>.</summary>
    public IEnumerable<string> ExporterNames => NamesBelow(Exporters);

    /// <summary>The processors that have a section of their own below <c>Rotel:Processors</c>.</summary>
    public IEnumerable<string> ProcessorNames => NamesBelow(Processors);

    public override SourceValue? Find(SettingNames names)
    {
        var section = configuration.GetSection(names.Key);
        if (names.Key.Equals(Exporters, StringComparison.OrdinalIgnoreCase)
            || names.Key.Equals(Processors, StringComparison.OrdinalIgnoreCase))
        {
            return FindNamed(section);
        }

        _read.Add(section.Path);
        if (!string.IsNullOrWhiteSpace(section.Value))
            return new SourceValue(section.Value);

        // A name in a pair may contain the separator of keys.
        var items = LeavesOf(section)
            .Where(leaf => leaf.Path.Length > section.Path.Length)
            .Select(leaf => new KeyValuePair<string, string>(leaf.Path[(section.Path.Length + 1)..], leaf.Value!))
            .ToArray();
        return items.Length == 0 ? null : new SourceValue(null, items);
    }

    /// <summary>
    /// Below this key a list and sections of their own may stand side by side; <c>"vendor": "otlp"</c> is short for a section with only a
    /// type.
    /// </summary>
    private SourceValue? FindNamed(IConfigurationSection section)
    {
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            _read.Add(section.Path);
            return new SourceValue(section.Value);
        }

        var children = section.GetChildren().Where(child => child.Value is not null && !child.GetChildren().Any()).ToArray();
        foreach (var child in children)
            _read.Add(child.Path);
        return children.Length == 0 ? null : new SourceValue(null, [.. children.Select(Item)]);

        static KeyValuePair<string, string> Item(IConfigurationSection child) =>
            new(child.Key, child.Key.All(char.IsAsciiDigit) ? child.Value! : $"{child.Key}:{child.Value}");
    }

    private IEnumerable<string> NamesBelow(string key) =>
        configuration.GetSection(key).GetChildren().Where(child => child.GetChildren().Any()).Select(child => child.Key);

    private bool IsRead(string path)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf(':', end - 1))
        {
            if (_read.Contains(path[..end]))
                return true;
        }

        return false;
    }

    private static IEnumerable<IConfigurationSection> LeavesOf(IConfigurationSection section)
    {
        var children = section.GetChildren().ToArray();
        if (children.Length == 0)
            return section.Value is null ? [] : [section];
        return children.SelectMany(LeavesOf);
    }
}
