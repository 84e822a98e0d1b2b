namespace Rotel.Otlp.Readers;

/// <summary>Which member of a point's value is set.</summary>
internal enum NumberKind
{
    /// <summary>No member: the point carries no value.</summary>
    None = 0,
    Double,
    Int,
}
