using System.Text.Json;

namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>What a server says of a table: its name and the columns that can be inserted. Immutable.</summary>
internal sealed class TableDescription
{
    private readonly Dictionary<string, string>? _types;

    private TableDescription(ClickHouseTable table, string name, Dictionary<string, string>? types)
    {
        Table = table;
        Name = name;
        _types = types;
    }

    public ClickHouseTable Table { get; }

    /// <summary>Without its database.</summary>
    public string Name { get; }

    /// <summary>For a server that does not say: only what every table has is sent then.</summary>
    public static TableDescription Unknown(ClickHouseTable table, string name) => new(table, name, null);

    /// <summary>Reads the answer to <c>DESCRIBE TABLE … FORMAT JSONEachRow</c>; null when it is something else.</summary>
    public static TableDescription? Read(ClickHouseTable table, string name, string lines)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                using var row = JsonDocument.Parse(line);
                var isComputed = row.RootElement.TryGetProperty("default_type", out var kind)
                    && kind.GetString() is "ALIAS" or "MATERIALIZED";
                if (!isComputed)
                    types[row.RootElement.GetProperty("name").GetString()!] = row.RootElement.GetProperty("type").GetString()!;
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }

        return types.Count == 0 ? null : new(table, name, types);
    }

    /// <summary>Whether a column that not every table has is there.</summary>
    public bool Has(string column) => _types?.ContainsKey(column) ?? false;

    /// <summary>What keeps rows with these columns from being inserted, and what to do; null when nothing is known to.</summary>
    /// <param name="columns">The columns of the rows.</param>
    /// <param name="json">Whether attributes are sent as JSON.</param>
    public string? Problem(IReadOnlyList<string> columns, bool json)
    {
        if (_types is null)
            return null;

        foreach (var column in columns)
        {
            if (!column.EndsWith("Attributes", StringComparison.Ordinal) || !_types.TryGetValue(column, out var type))
                continue;
            var isJson = type.Contains("JSON", StringComparison.Ordinal) || type.Contains("Object(", StringComparison.Ordinal);
            if (isJson != json)
            {
                return json
                    ? $"its column {column} is {type} but enable_json is true: set it to false, or create tables for JSON with other names"
                    : $"its column {column} is {type} but enable_json is false: set it to true";
            }
        }

        var missing = columns.Where(column => !_types.ContainsKey(column)).ToArray();
        return missing.Length == 0 ? null : $"it lacks the column{(missing.Length > 1 ? "s" : "")} {string.Join(", ", missing)}";
    }
}
