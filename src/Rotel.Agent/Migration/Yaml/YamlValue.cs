namespace Rotel.Agent.Migration.Yaml;

/// <summary>A node of a YAML document, with its place. What anchors name is one node in several places.</summary>
internal sealed class YamlValue
{
    private YamlValue(int line) => Line = line;

    /// <summary>From 1.</summary>
    public int Line { get; }

    /// <summary>The text of a scalar; null for the others, and for one that says nothing.</summary>
    public string? Scalar { get; private init; }

    /// <summary>Whether a scalar stands between quotes, and so is text whatever it looks like.</summary>
    public bool IsQuoted { get; private init; }

    public IReadOnlyList<YamlValue>? Items { get; private init; }

    /// <summary>In the order of the document; merge keys are resolved.</summary>
    public IReadOnlyList<KeyValuePair<string, YamlValue>>? Entries { get; private init; }

    public bool IsNull => Scalar is null && Items is null && Entries is null;

    public static YamlValue OfScalar(int line, string? text, bool isQuoted) => new(line) { Scalar = text, IsQuoted = isQuoted };

    public static YamlValue OfItems(int line, IReadOnlyList<YamlValue> items) => new(line) { Items = items };

    public static YamlValue OfEntries(int line, IReadOnlyList<KeyValuePair<string, YamlValue>> entries) => new(line) { Entries = entries };
}
