namespace Rotel.Throughput.Sink;

/// <summary>A ClickHouse type, by its name and its arguments, such as <c>Map(LowCardinality(String), String)</c>.</summary>
internal sealed class ClickHouseType
{
    private static readonly Dictionary<string, int> Widths = new(StringComparer.Ordinal)
    {
        ["UInt8"] = 1,
        ["Bool"] = 1,
        ["Boolean"] = 1,
        ["Int32"] = 4,
        ["UInt32"] = 4,
        ["DateTime"] = 4,
        ["UInt64"] = 8,
        ["Int64"] = 8,
        ["Float64"] = 8,
        ["DateTime64"] = 8,
    };

    private ClickHouseType(string name, List<ClickHouseType> arguments)
    {
        Name = name;
        Arguments = arguments;
        Width = Widths.GetValueOrDefault(name);
    }

    public string Name { get; }

    public IReadOnlyList<ClickHouseType> Arguments { get; }

    /// <summary>Bytes of a value where all have the same; otherwise 0.</summary>
    public int Width { get; }

    public static ClickHouseType Parse(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
            return new ClickHouseType(type, []);

        var arguments = new List<ClickHouseType>();
        var (depth, start) = (0, open + 1);
        for (var i = open; i < type.Length; i++)
        {
            depth += type[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0 || (depth == 1 && type[i] == ','))
            {
                arguments.Add(Parse(type[start..i].Trim()));
                start = i + 1;
            }
        }

        return new ClickHouseType(type[..open], arguments);
    }
}
