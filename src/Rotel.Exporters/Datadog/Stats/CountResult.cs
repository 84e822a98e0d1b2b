namespace Rotel.Exporters.Datadog.Stats;

/// <summary>What became of a span that was to be counted in a bucket.</summary>
internal enum CountResult
{
    Counted,

    /// <summary>It would need a group, or bins, that there is no room for.</summary>
    Full,

    /// <summary>The bucket was closed meanwhile.</summary>
    Closed,
}
