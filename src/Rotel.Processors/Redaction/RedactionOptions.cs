using Rotel.Pipelines;

namespace Rotel.Processors.Redaction;

/// <summary>
/// How a processor <c>redaction</c> hides what must not leave: attributes of resources, scopes, spans, their events and links, data points,
/// exemplars, metrics and log records; log bodies; the status messages of spans. Patterns are .NET regular expressions and may match
/// anywhere; case counts unless they begin with <c>(?i)</c>.
/// </summary>
/// <remarks>
/// What a pattern needs too long for is masked: hostile values cost the sender its values, never the collector its time. Names (of spans,
/// events, metrics, scopes) are not looked at. See <see cref="MatchTimeout"/>.
/// </remarks>
public sealed class RedactionOptions : ProcessorOptions
{
    /// <summary>Gets or sets a value indicating whether attributes of all keys are kept.</summary>
    /// <value>The default is false: only the <see cref="AllowedKeys"/> and <see cref="IgnoredKeys"/>, of which there must be one.</value>
    public bool AllowAllKeys { get; set; }

    /// <summary>Gets the keys that are kept where not all are; other attributes are deleted, and so are other keys of log bodies.</summary>
    /// <value>Empty by default.</value>
    public ISet<string> AllowedKeys { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>Gets the keys that are kept with their values, whatever the other options say, at every level.</summary>
    /// <value>Empty by default.</value>
    public ISet<string> IgnoredKeys { get; } = new SortedSet<string>(StringComparer.Ordinal);

    /// <summary>Gets the patterns of keys whose values are masked whole, of whatever type they are.</summary>
    /// <value>Empty by default.</value>
    public IList<string> BlockedKeyPatterns { get; } = [];

    /// <summary>
    /// Gets the patterns of values that are masked: strings of attributes whole, also those within lists and maps; of log bodies and status
    /// messages what matches, and all of it where the match is empty.
    /// </summary>
    /// <value>Empty by default.</value>
    public IList<string> BlockedValues { get; } = [];

    /// <summary>Gets the patterns of values that stay although they match one of <see cref="BlockedValues"/>.</summary>
    /// <value>Empty by default.</value>
    public IList<string> AllowedValues { get; } = [];

    /// <summary>Gets or sets what stands in place of a masked value.</summary>
    /// <value>
    /// The default is the text <c>[REDACTED]</c>. A hash keeps equal values equal; who can guess a value can confirm it, so few possible
    /// values (card numbers, addresses) are not secret behind one. Values that are no strings always become <c>[REDACTED]</c>.
    /// </value>
    public RedactionHash HashFunction { get; set; }

    /// <summary>Gets or sets what is written about it.</summary>
    /// <value>The default is nothing.</value>
    public RedactionSummary Summary { get; set; }

    /// <summary>
    /// Gets or sets how long patterns may work on one value, and on one request beyond what its size explains (1 us per byte). What is not
    /// decided by then is masked.
    /// </summary>
    /// <value>The default is 1 s, from 10 ms to 1 min.</value>
    public TimeSpan MatchTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
