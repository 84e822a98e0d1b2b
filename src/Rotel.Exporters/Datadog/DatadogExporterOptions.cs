using Rotel.Delivery;
using Rotel.Exporters.Http;

namespace Rotel.Exporters.Datadog;

/// <summary>Sends traces, metrics and logs to Datadog's intakes, as its agent would, without an agent.</summary>
/// <remarks>
/// What becomes what: https://docs.datadoghq.com/opentelemetry/schema_semantics/, and <c>docs/datadog.md</c>, rule by rule.
/// </remarks>
public sealed class DatadogExporterOptions : ExporterOptions
{
    internal const int DefaultDeltaMaxSeries = 100_000;

    internal static readonly TimeSpan DefaultDeltaExpiry = TimeSpan.FromHours(1);

    /// <summary>Gets or sets the region the account is in.</summary>
    /// <value>The default is <see cref="DatadogRegion.Us1"/>, <c>datadoghq.com</c>.</value>
    /// <remarks>A key belongs to one region: Datadog answers it with 403 everywhere else.</remarks>
    public DatadogRegion Region { get; set; }

    /// <summary>Gets or sets what takes the place of scheme, host and port of all intakes: a proxy, or a test's server.</summary>
    /// <value>Unset, the intakes of <see cref="Region"/>. A path in it is not used. Without a scheme it is <c>http://</c>.</value>
    public Uri? CustomEndpoint { get; set; }

    /// <summary>Gets or sets the API key, a secret that is sent with every request as <c>DD-API-KEY</c> and shown nowhere.</summary>
    /// <value>There is no default: it must be set. Settings can also name a file that holds it, with <c>api_key_file</c>.</value>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets how telemetry is sent.</summary>
    /// <value>The default is <see cref="DatadogMode.Intake"/>.</value>
    /// <remarks>
    /// With <see cref="DatadogMode.Otlp"/> telemetry is sent as it is: spans keep what <see cref="Obfuscation"/> would hide, hosts are not
    /// described, and what adds to telemetry or turns sums into differences (<see cref="Environment"/>, <see cref="HostName"/>,
    /// <see cref="Tags"/>, <see cref="FirstPoint"/>, <see cref="DeltaExpiry"/>, <see cref="DeltaMaxSeries"/>) is refused at start.
    /// </remarks>
    public DatadogMode Mode { get; set; }

    /// <summary>Gets or sets how requests to the intakes are compressed.</summary>
    /// <value>The default is <see cref="DatadogCompression.Gzip"/>.</value>
    public DatadogCompression Compression { get; set; }

    /// <summary>Gets or sets the environment of telemetry whose resource names none.</summary>
    /// <value>Unset, that of Rotel as a whole; where that is unset, too, <c>none</c>, as in Datadog's agent.</value>
    public string? Environment { get; set; }

    /// <summary>Gets or sets the host of telemetry whose resource names none.</summary>
    /// <value>Unset, the name of this machine.</value>
    public string? HostName { get; set; }

    /// <summary>Gets tags for all metrics, logs and traces, and for the host: <c>team</c> to <c>checkout</c>.</summary>
    public IDictionary<string, string> Tags { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets or sets whether hosts are described to Datadog, so that its host list shows them.</summary>
    /// <value>The default is true. Sent when a host is first seen and every half hour while it sends telemetry, in the mode intake.</value>
    public bool HostMetadata { get; set; } = true;

    /// <summary>
    /// Gets or sets whether spans are rid of what may be secret: literals in SQL, arguments of commands, queries of URLs, card numbers.
    /// </summary>
    /// <value>The default is true, as in Datadog's agent. In the mode otlp spans are sent as they are.</value>
    public bool Obfuscation { get; set; } = true;

    /// <summary>Gets or sets whether APM statistics are computed from spans: hits, errors and latencies for each 10 seconds.</summary>
    /// <value>
    /// The default is true. Behind a sampler the numbers are right where spans say how likely they were kept, else too low: then set it to
    /// false.
    /// </value>
    public bool ComputeStats { get; set; } = true;

    /// <summary>Gets or sets whether a span's own name is its resource at Datadog, instead of one made from its attributes.</summary>
    /// <value>The default is false.</value>
    public bool SpanNameAsResourceName { get; set; }

    /// <summary>Gets or sets whether all attributes of a resource become tags of its metrics, and not only those Datadog knows.</summary>
    /// <value>The default is false: every attribute makes a series more expensive.</value>
    public bool ResourceAttributesAsTags { get; set; }

    /// <summary>Gets or sets whether metrics are tagged with name and version of their instrumentation scope.</summary>
    /// <value>The default is true, as in the OpenTelemetry Collector.</value>
    public bool ScopeAsTags { get; set; } = true;

    /// <summary>Gets or sets what histograms become.</summary>
    /// <value>The default is <see cref="DatadogHistogramMode.Distributions"/>.</value>
    public DatadogHistogramMode HistogramMode { get; set; }

    /// <summary>Gets or sets whether histograms also become <c>.count</c>, <c>.sum</c>, <c>.min</c> and <c>.max</c>.</summary>
    /// <value>The default is false.</value>
    public bool HistogramAggregations { get; set; }

    /// <summary>Gets or sets whether the quantiles of summaries become gauges, beside <c>.count</c> and <c>.sum</c>.</summary>
    /// <value>The default is true.</value>
    public bool SummaryQuantiles { get; set; } = true;

    /// <summary>Gets or sets what becomes of the first point of a cumulative series, before which there is nothing to subtract.</summary>
    /// <value>The default is <see cref="DatadogFirstPoint.Auto"/>.</value>
    public DatadogFirstPoint FirstPoint { get; set; }

    /// <summary>Gets or sets how long the last point of a cumulative series is remembered.</summary>
    /// <value>The default is one hour.</value>
    public TimeSpan DeltaExpiry { get; set; } = DefaultDeltaExpiry;

    /// <summary>
    /// Gets or sets how many cumulative series are remembered at most; the one unused for longest makes room for a new one.
    /// </summary>
    /// <value>The default is 100,000, of numbers about 8 MB.</value>
    public int DeltaMaxSeries { get; set; } = DefaultDeltaMaxSeries;

    /// <summary>Gets what certificates are trusted and shown.</summary>
    public ClientTlsOptions Tls { get; } = new();

    /// <summary>Gets how connections are made and kept.</summary>
    public HttpConnectionOptions Connection { get; } = new();
}
