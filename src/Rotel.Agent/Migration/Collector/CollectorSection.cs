using System.Globalization;
using Rotel.Agent.Migration.Yaml;
using Rotel.Settings;

namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// A mapping of a collector's configuration, with an account of which of its keys somebody has looked at: those that nobody has are left
/// over in the end, so that none can be forgotten.
/// </summary>
internal sealed class CollectorSection
{
    private readonly Dictionary<string, YamlValue> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CollectorSection> _children = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly MigrationReport _report;

    /// <param name="path">The keys that lead to it.</param>
    /// <param name="value">What stands there; null for nothing.</param>
    /// <param name="line">Where its parent stands.</param>
    /// <param name="report">Where leftovers go.</param>
    public CollectorSection(string path, YamlValue? value, int line, MigrationReport report)
    {
        Path = path;
        Line = value?.Line ?? line;
        Exists = value is not null;
        _report = report;
        if (value?.Entries is { } entries)
        {
            foreach (var (key, entry) in entries)
                _entries[key] = entry;
        }
        else if (value is { IsNull: false })
        {
            report.Leave(Place, "expected keys and values", "Look at the collector's own documentation");
        }
    }

    /// <summary>Whether it is written at all, be it empty.</summary>
    public bool Exists { get; }

    public string Path { get; }

    public int Line { get; }

    public Place Place => new(Line, Path);

    public IEnumerable<string> Keys => _entries.Keys;

    public bool Has(string key) => _entries.ContainsKey(key);

    public Place PlaceOf(string key) => new(_entries.TryGetValue(key, out var value) ? value.Line : Line, PathOf(key));

    public CollectorSection Section(string key)
    {
        _read.Add(key);
        if (!_children.TryGetValue(key, out var child))
            _children[key] = child = new(PathOf(key), _entries.GetValueOrDefault(key), Line, _report);
        return child;
    }

    /// <summary>The mappings of a list; each with a number in its path.</summary>
    public IReadOnlyList<CollectorSection> Sections(string key)
    {
        _read.Add(key);
        if (!_entries.TryGetValue(key, out var value) || value.IsNull)
            return [];
        if (value.Items is not { } items)
        {
            _report.Leave(PlaceOf(key), "expected a list", "Look at the collector's own documentation");
            return [];
        }

        var sections = new List<CollectorSection>();
        for (var i = 0; i < items.Count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]");
            if (!_children.TryGetValue(name, out var child))
                _children[name] = child = new(PathOf(name), items[i], Line, _report);
            sections.Add(child);
        }

        return sections;
    }

    /// <summary>A scalar; null where there is none.</summary>
    public ConfiguredText? Text(string key)
    {
        _read.Add(key);
        if (!_entries.TryGetValue(key, out var value) || value.IsNull)
            return null;
        if (value.Scalar is { } text)
            return ConfiguredText.Parse(text);
        _report.Leave(PlaceOf(key), "expected one value", "Look at the collector's own documentation");
        return null;
    }

    /// <summary>A scalar that stands between quotes, or looks like nothing but text.</summary>
    public bool IsText(string key) => _entries.TryGetValue(key, out var value)
        && (value.IsQuoted || value.Scalar is { } text
            && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && text is not ("true" or "false"));

    /// <summary>What a scalar says, with the defaults of references; null where there is none.</summary>
    public string? Word(string key) => Text(key)?.Literal;

    public bool? Flag(string key) => Word(key) is { } word ? word.Equals("true", StringComparison.OrdinalIgnoreCase) : null;

    public long? Number(string key) =>
        Word(key) is { } word && long.TryParse(word, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    public IReadOnlyList<ConfiguredText> List(string key)
    {
        _read.Add(key);
        if (!_entries.TryGetValue(key, out var value) || value.IsNull)
            return [];
        return [.. (value.Items ?? [value]).Where(item => item.Scalar is not null).Select(item => ConfiguredText.Parse(item.Scalar!))];
    }

    public IReadOnlyList<(ConfiguredText Text, Place Place)> PlacedList(string key)
    {
        var texts = List(key);
        var items = _entries.GetValueOrDefault(key)?.Items?.Where(item => item.Scalar is not null).ToArray();
        return [.. texts.Select((text, index) => (text, new Place(items?[index].Line ?? Line, PathOf(key))))];
    }

    public IReadOnlyList<KeyValuePair<string, ConfiguredText>> Pairs(string key)
    {
        var section = Section(key);
        return [.. section.Keys.Select(name => (Key: name, Value: section.Text(name)))
            .Where(pair => pair.Value is not null)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value!))];
    }

    /// <summary>A duration as Go writes it, in Rotel's form; references stay.</summary>
    public ConfiguredText? Duration(string key)
    {
        if (Text(key) is not { HasReferences: false } text)
            return Text(key);
        if (GoDuration.TryRead(text.Literal, out var duration))
            return new(SettingForms.Duration.Write(duration));
        _report.Leave(PlaceOf(key), "expected a duration such as 5s", "Write one");
        return null;
    }

    /// <summary>Sets a row to what a key holds; nothing where it is not there.</summary>
    public void Copy(string key, MigratedGroup group, string row)
    {
        if (Text(key) is { } text)
            group.Set(row, text, PlaceOf(key));
    }

    /// <summary>As <see cref="Copy(string, MigratedGroup, string)"/>, key by key.</summary>
    public void Copy(MigratedGroup group, params ReadOnlySpan<(string Key, string Row)> rows)
    {
        foreach (var (key, row) in rows)
            Copy(key, group, row);
    }

    /// <inheritdoc cref="Copy(string, MigratedGroup, string)"/>
    public void CopyDuration(string key, MigratedGroup group, string row)
    {
        if (Duration(key) is { } text)
            group.Set(row, text, PlaceOf(key));
    }

    /// <inheritdoc cref="Copy(string, MigratedGroup, string)"/>
    public void CopyList(string key, MigratedGroup group, string row) => group.SetList(row, List(key), PlaceOf(key));

    /// <summary>Looks at keys that need no setting.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            _read.Add(key);
    }

    /// <summary>Looks at everything: what it means was said of the whole.</summary>
    public void IgnoreAll()
    {
        Ignore([.. _entries.Keys]);
        _children.Clear();
    }

    /// <summary>Leaves a key over, with what is below it; nothing where it is not there.</summary>
    public void Leave(string key, string why, string instead)
    {
        _read.Add(key);
        _children.Remove(key);
        if (Has(key))
            _report.Leave(PlaceOf(key), why, instead);
    }

    public void Differ(string key, string how)
    {
        _read.Add(key);
        if (Has(key))
            _report.Differ(PlaceOf(key), how);
    }

    /// <summary>Leaves over what nobody has looked at, here and below.</summary>
    public void LeaveUnread()
    {
        foreach (var key in _entries.Keys.Where(key => !_read.Contains(key)))
            _report.Leave(PlaceOf(key), "Rotel has nothing like it", "See docs/configuration.md for what there is, or do without it");
        foreach (var child in _children.Values)
            child.LeaveUnread();
    }

    private string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
