namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// What a value at a path of a JSON column is. The order is the one that ClickHouse numbers the types of a path in: that of their names.
/// </summary>
internal enum DynamicKind : byte
{
    Bool,
    Float64,
    Int64,

    /// <summary>Any other type, which then stands before the value: <c>SharedVariant</c>.</summary>
    Other,
    String,
}
