namespace Rotel.Conformance;

/// <summary>How strongly the specification asks (https://www.rfc-editor.org/rfc/rfc2119).</summary>
internal enum OtlpLevel
{
    Must,
    Should,
    May,

    /// <summary>Not the specification's wish.</summary>
    Ours,
}
