using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Rotel.Agent.Migration.Yaml;

/// <summary>
/// Reads one YAML document into <see cref="YamlValue"/>s from the parser's events, without recursion beyond <see cref="MaxDepth"/> and with
/// every use of an anchor counted as what it stands for, so that no file takes more than it weighs.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>More than any collector's configuration has, in characters.</summary>
    public const int MaxLength = 1 << 20;

    private const int MaxDepth = 64;
    private const int MaxNodes = 100_000;

    private readonly Dictionary<AnchorName, (YamlValue Value, int Nodes)> _anchors = [];
    private readonly Parser _parser;
    private int _nodes;

    private YamlReader(TextReader text) => _parser = new Parser(text);

    /// <summary>Reads the first document.</summary>
    /// <exception cref="FormatException">It is no YAML, or more than this reads; the message says where.</exception>
    public static YamlValue Read(string text)
    {
        try
        {
            return new YamlReader(new StringReader(text)).ReadDocument();
        }
        catch (YamlException exception)
        {
            throw new FormatException($"line {exception.Start.Line}: {exception.Message}", exception);
        }
    }

    private YamlValue ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
            throw new FormatException("There is nothing in it.");
        return ReadNode(0);
    }

    private YamlValue ReadNode(int depth)
    {
        if (depth > MaxDepth)
            throw new FormatException($"line {Line}: nested deeper than {MaxDepth}.");
        Count(1);
        var before = _nodes;
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value, out var named))
                throw new FormatException($"line {alias.Start.Line}: *{alias.Value} names nothing before it.");
            Count(named.Nodes);
            return named.Value;
        }

        var anchor = (_parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        var value = _parser.Current switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadSequence(depth),
            MappingStart => ReadMapping(depth),
            _ => throw new FormatException($"line {Line}: expected a value."),
        };
        if (!anchor.IsEmpty)
            _anchors[anchor] = (value, _nodes - before + 1);
        return value;
    }

    private YamlValue ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        var isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";
        return YamlValue.OfScalar((int)scalar.Start.Line, isNull ? null : scalar.Value, scalar.Style != ScalarStyle.Plain);
    }

    private YamlValue ReadSequence(int depth)
    {
        var line = (int)_parser.Consume<SequenceStart>().Start.Line;
        var items = new List<YamlValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return YamlValue.OfItems(line, items);
    }

    private YamlValue ReadMapping(int depth)
    {
        var line = (int)_parser.Consume<MappingStart>().Start.Line;
        var entries = new List<KeyValuePair<string, YamlValue>>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var merged = new List<YamlValue>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (_parser.Current is not Scalar)
                throw new FormatException($"line {Line}: a key that is not text.");
            var key = _parser.Consume<Scalar>();
            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
                merged.AddRange(value.Items ?? [value]);
            else if (keys.Add(key.Value))
                entries.Add(new(key.Value, value));
            else
                throw new FormatException($"line {key.Start.Line}: the key '{key.Value}' is there twice.");
        }

        foreach (var entry in merged.SelectMany(from => from.Entries ?? throw new FormatException($"line {line}: << takes mappings only.")))
        {
            Count(1);
            if (keys.Add(entry.Key))
                entries.Add(entry);
        }

        return YamlValue.OfEntries(line, entries);
    }

    private long Line => _parser.Current?.Start.Line ?? 0;

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
            throw new FormatException($"line {Line}: more than {MaxNodes} values, those included that anchors repeat.");
    }
}
