using Rotel.Pipelines;

namespace Rotel.Processors.Renaming;

/// <summary>
/// What a processor of type <c>rename</c> does: it gives spans and metrics other names. A name that is in the map of names gets the one
/// given there; else the first pattern that is found in it decides. An empty name stays empty, and a name is never made empty.
/// </summary>
public sealed class RenameOptions : ProcessorOptions
{
    /// <summary>Gets the new names of spans, by the old ones.</summary>
    public IDictionary<string, string> SpanNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets patterns for the names of spans, each with what takes the place of what it finds.</summary>
    /// <value>Regular expressions and replacements (<c>$1</c>, <c>${name}</c>), in order.</value>
    public IList<KeyValuePair<string, string>> SpanNamePatterns { get; } = [];

    /// <summary>Gets the new names of metrics, by the old ones.</summary>
    public IDictionary<string, string> MetricNames { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets patterns for the names of metrics, each with what takes the place of what it finds.</summary>
    /// <value>Regular expressions and replacements (<c>$1</c>, <c>${name}</c>), in order.</value>
    public IList<KeyValuePair<string, string>> MetricNamePatterns { get; } = [];
}
