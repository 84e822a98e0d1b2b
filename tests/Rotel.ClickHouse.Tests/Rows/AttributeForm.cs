namespace Rotel.ClickHouse.Rows;

/// <summary>How a table keeps attributes.</summary>
public enum AttributeForm
{
    /// <summary><c>Map(LowCardinality(String), String)</c>.</summary>
    Map,

    /// <summary><c>JSON</c>.</summary>
    Json,
}
