using System.Diagnostics;
using Rotel.Pipelines;

namespace Rotel.Processors.Filtering;

/// <summary>
/// Leaves spans, log records, metrics and data points out. An item goes when anything here says drop, or when it is not among what is to
/// be kept; everything else stays as it came. What goes is counted, and the sender is told nothing of it.
/// </summary>
/// <remarks>
/// Lists of names hold names as they are, or, beginning with <c>^</c>, regular expressions: <c>GET /health</c>, <c>^GET /health</c>. The
/// conditions of <see cref="Drop(SpanCondition)"/> and <see cref="KeepOnly(SpanCondition)"/> can ask about everything; they are for code
/// only. Metrics, scopes and resources that have lost all they held go too.
/// </remarks>
/// <example>
/// <code>
/// rotel.Processors.AddFilter("health", o =&gt;
/// {
///     o.DropSpanNames.Add("^GET /health");
///     o.Drop(LogRecords.Severity &lt; LogSeverity.Warn &amp; Scopes.Name.StartsWith("Microsoft."));
///     o.KeepOnly(Resources.ServiceName.IsOneOf("checkout", "orders"));
/// });
/// </code>
/// </example>
public sealed class FilterOptions : ProcessorOptions
{
    /// <summary>Gets the services (<c>service.name</c>) that everything is dropped of.</summary>
    public IList<string> DropServices { get; } = [];

    /// <summary>Gets the only services (<c>service.name</c>) that something is kept of.</summary>
    /// <value>Empty, the default: all.</value>
    public IList<string> KeepServices { get; } = [];

    /// <summary>Gets the attributes of resources that everything is dropped of.</summary>
    /// <remarks>A value is given as in lists of names; numbers and truth values match their text.</remarks>
    public IDictionary<string, string> DropResourceAttributes { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the instrumentation scopes (activity sources, meters, logger categories) that everything is dropped of.</summary>
    public IList<string> DropScopes { get; } = [];

    /// <summary>Gets the attributes of spans, data points and log records that are dropped.</summary>
    /// <remarks>A value is given as in lists of names; numbers and truth values match their text.</remarks>
    public IDictionary<string, string> DropAttributes { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the names of spans that are dropped.</summary>
    public IList<string> DropSpanNames { get; } = [];

    /// <summary>Gets the names of the only spans that are kept.</summary>
    /// <value>Empty, the default: all.</value>
    public IList<string> KeepSpanNames { get; } = [];

    /// <summary>Gets the kinds of spans that are dropped.</summary>
    public ISet<ActivityKind> DropSpanKinds { get; } = new SortedSet<ActivityKind>();

    /// <summary>Gets or sets the duration below which spans are dropped; those with the status error are kept.</summary>
    /// <value>Null, the default: none are.</value>
    public TimeSpan? DropSpansShorterThan { get; set; }

    /// <summary>Gets or sets the severity below which log records are dropped; those that state none are kept.</summary>
    /// <value>Null, the default: none are.</value>
    public LogSeverity? DropBelowSeverity { get; set; }

    /// <summary>Gets the bodies of log records that are dropped.</summary>
    public IList<string> DropLogBodies { get; } = [];

    /// <summary>Gets the names of metrics that are dropped.</summary>
    public IList<string> DropMetricNames { get; } = [];

    /// <summary>Gets the names of the only metrics that are kept.</summary>
    /// <value>Empty, the default: all.</value>
    public IList<string> KeepMetricNames { get; } = [];

    internal List<SpanCondition> SpansToDrop { get; } = [];

    internal List<LogCondition> LogsToDrop { get; } = [];

    internal List<MetricCondition> MetricsToDrop { get; } = [];

    internal List<DataPointCondition> DataPointsToDrop { get; } = [];

    /// <summary>Drops everything of the resources that meet a condition.</summary>
    public void Drop(ResourceCondition condition)
    {
        SpansToDrop.Add(condition);
        LogsToDrop.Add(condition);
        MetricsToDrop.Add(condition);
    }

    /// <summary>Drops everything of the scopes that meet a condition.</summary>
    public void Drop(ScopeCondition condition)
    {
        SpansToDrop.Add(condition);
        LogsToDrop.Add(condition);
        MetricsToDrop.Add(condition);
    }

    /// <summary>Drops the spans that meet a condition; other signals stay.</summary>
    public void Drop(SpanCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        SpansToDrop.Add(condition);
    }

    /// <summary>Drops the log records that meet a condition; other signals stay.</summary>
    public void Drop(LogCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        LogsToDrop.Add(condition);
    }

    /// <summary>Drops the metrics that meet a condition, with all their points; other signals stay.</summary>
    public void Drop(MetricCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        MetricsToDrop.Add(condition);
    }

    /// <summary>Drops the data points that meet a condition; other signals stay.</summary>
    public void Drop(DataPointCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        DataPointsToDrop.Add(condition);
    }

    /// <summary>Drops everything of the resources that do not meet a condition.</summary>
    /// <remarks>After several calls, of this and the other overloads, what is kept meets all their conditions.</remarks>
    public void KeepOnly(ResourceCondition condition) => Drop(!condition);

    /// <summary>Drops everything of the scopes that do not meet a condition.</summary>
    public void KeepOnly(ScopeCondition condition) => Drop(!condition);

    /// <summary>Drops the spans that do not meet a condition; other signals stay.</summary>
    public void KeepOnly(SpanCondition condition) => Drop(!condition);

    /// <summary>Drops the log records that do not meet a condition; other signals stay.</summary>
    public void KeepOnly(LogCondition condition) => Drop(!condition);

    /// <summary>Drops the metrics that do not meet a condition; other signals stay.</summary>
    public void KeepOnly(MetricCondition condition) => Drop(!condition);

    /// <summary>Drops the data points that do not meet a condition; other signals stay.</summary>
    public void KeepOnly(DataPointCondition condition) => Drop(!condition);
}
