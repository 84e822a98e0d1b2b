using Rotel.Delivery;
using Rotel.Otlp;

namespace Rotel.Kafka;

/// <summary>
/// Produces telemetry to Kafka. In brackets stands the property of librdkafka that an option becomes; all of them are described in
/// <see href="https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md">its documentation</see>.
/// </summary>
/// <remarks>
/// <para>
/// An attempt to send a batch ends with the delivery reports of its records, after <see cref="MessageTimeout"/> at the latest, so that
/// <see cref="ExporterOptions.RequestTimeout"/> is not a limit of the attempt but of what a broker may take to answer
/// (<c>request.timeout.ms</c>); its default here is 30 s, from 1 ms to 15 minutes.
/// </para>
/// <para>
/// <see cref="ExporterOptions.MaxConcurrentRequests"/> is how many batches of a signal are with the client at once. Set it to 1 where the
/// order of records in a partition matters, and keep <see cref="Idempotent"/> on: then records arrive in the order they were accepted, also
/// when brokers fail and the client produces them again. Outside that order are only records that had to be cut because a broker found
/// them too large, and those of a batch of which some records were delivered and others not within <see cref="MessageTimeout"/>.
/// </para>
/// <para>
/// Delivery is at least once. A record that is not reported as delivered, but as one that perhaps is, is produced again by Rotel: the
/// idempotent producer knows its own repetitions again, and not these.
/// </para>
/// </remarks>
public sealed class KafkaExporterOptions : ExporterOptions
{
    /// <summary>Initializes a new instance of the <see cref="KafkaExporterOptions"/> class.</summary>
    public KafkaExporterOptions() => RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets the brokers to start from, as <c>host:port</c>; the port is 9092 where none is given (<c>bootstrap.servers</c>).
    /// </summary>
    /// <value>The default is empty, which means <c>localhost:9092</c>.</value>
    public IList<string> Brokers { get; } = [];

    /// <summary>Gets or sets the topic of traces. Rotel creates no topics.</summary>
    /// <value>The default is <c>otlp_traces</c>, as in Rotel.</value>
    public string TracesTopic { get; set; } = "otlp_traces";

    /// <summary>Gets or sets the topic of metrics.</summary>
    /// <value>The default is <c>otlp_metrics</c>, as in Rotel.</value>
    public string MetricsTopic { get; set; } = "otlp_metrics";

    /// <summary>Gets or sets the topic of logs.</summary>
    /// <value>The default is <c>otlp_logs</c>, as in Rotel.</value>
    public string LogsTopic { get; set; } = "otlp_logs";

    /// <summary>Gets or sets the resource attribute whose value is the topic of all that belongs to the resource.</summary>
    /// <value>Unset, as by default: the topic of the signal, which is also that of resources without the attribute.</value>
    /// <remarks>
    /// Where there is no such topic after 5 s, or it may not be written, the record goes to the topic of its signal, with a warning.
    /// </remarks>
    public string? TopicFromAttribute { get; set; }

    /// <summary>Gets or sets how telemetry is written.</summary>
    /// <value>The default is <see cref="KafkaFormat.Protobuf"/>.</value>
    public KafkaFormat Format { get; set; } = KafkaFormat.Protobuf;

    /// <summary>Gets or sets the compression (<c>compression.type</c>).</summary>
    /// <value>The default is <see cref="KafkaCompression.None"/>, as in Rotel.</value>
    public KafkaCompression Compression { get; set; } = KafkaCompression.None;

    /// <summary>Gets or sets which brokers must have a record before it counts as delivered (<c>acks</c>).</summary>
    /// <value>The default is <see cref="KafkaAcks.All"/>; it is one in Rotel, where a broker that fails loses records.</value>
    public KafkaAcks Acks { get; set; } = KafkaAcks.All;

    /// <summary>
    /// Gets or sets a value indicating whether brokers recognise what the client produces again, so that its own repetitions neither double
    /// nor reorder records (<c>enable.idempotence</c>).
    /// </summary>
    /// <value>
    /// Unset, as by default: on where <see cref="Acks"/> is all and <see cref="Retries"/> is not 0, which it needs. Brokers older than 3.0
    /// may ask for the permission IdempotentWrite: where they refuse it, the exporter goes on without, with a warning. True insists on it.
    /// </value>
    public bool? Idempotent { get; set; }

    /// <summary>Gets or sets the name that brokers know the client by (<c>client.id</c>).</summary>
    /// <value>The default is <c>rotel</c>.</value>
    public string ClientId { get; set; } = "rotel";

    /// <summary>
    /// Gets or sets the most bytes of a record before compression, with key and headers (<c>message.max.bytes</c>). Larger batches are cut
    /// into several records, at item boundaries; an item that is larger by itself is dropped as <c>item_too_large</c>.
    /// </summary>
    /// <value>The default is 1,000,000; from 1,000 to 1,000,000,000. Not more than the topics' <c>max.message.bytes</c>.</value>
    public int MaxMessageBytes { get; set; } = 1_000_000;

    /// <summary>Gets or sets how long a record waits for others to travel with (<c>linger.ms</c>).</summary>
    /// <value>The default is 5 ms; from 0 to 15 minutes, in whole milliseconds, and less than <see cref="MessageTimeout"/>.</value>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Gets or sets the most bytes of records that travel together (<c>batch.size</c>).</summary>
    /// <value>The default is 1,000,000; from 1.</value>
    public int BatchSize { get; set; } = 1_000_000;

    /// <summary>Gets or sets how often the client produces a record again within <see cref="MessageTimeout"/> (<c>retries</c>).</summary>
    /// <value>The default is 2,147,483,647; from 0.</value>
    /// <remarks>Rotel's own <see cref="ExporterOptions.Retry"/> begins when the client has given up.</remarks>
    public int Retries { get; set; } = int.MaxValue;

    /// <summary>Gets or sets how long the client waits before it first repeats a request (<c>retry.backoff.ms</c>).</summary>
    /// <value>The default is 100 ms; from 1 ms to 5 minutes, in whole milliseconds.</value>
    public TimeSpan RetryBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets or sets how long the client waits at most before it repeats a request (<c>retry.backoff.max.ms</c>).</summary>
    /// <value>The default is 1 s; from 1 ms to 5 minutes, in whole milliseconds.</value>
    public TimeSpan RetryBackoffMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets how long the client tries to deliver a record, its own repetitions included (<c>message.timeout.ms</c>).
    /// </summary>
    /// <value>The default is 5 minutes; from 1 ms to about 24 days, in whole milliseconds. Zero means without end.</value>
    /// <remarks>That a cluster is dead is said, and shown by the health check, as soon as the client notices.</remarks>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets what decides the partition of a record (<c>partitioner</c>).</summary>
    /// <value>The default is <see cref="KafkaPartitioner.ConsistentRandom"/>.</value>
    public KafkaPartitioner Partitioner { get; set; } = KafkaPartitioner.ConsistentRandom;

    /// <summary>Gets or sets a value indicating whether each trace is a record of its own, with the trace id as key.</summary>
    /// <value>The default is false.</value>
    public bool PartitionTracesById { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the metrics of each resource are a record of their own, with a hash of the resource's
    /// attributes as key.
    /// </summary>
    /// <value>The default is false.</value>
    public bool PartitionMetricsByResourceAttributes { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the logs of each resource are a record of their own, with a hash of the resource's
    /// attributes as key.
    /// </summary>
    /// <value>The default is false.</value>
    public bool PartitionLogsByResourceAttributes { get; set; }

    /// <summary>Gets headers that every record has, in UTF-8.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, string> RecordHeaders { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the names of request headers that records get as headers, in lower case.</summary>
    /// <value>The default is none.</value>
    /// <remarks>
    /// The receiver must keep them (<c>otlp_http_headers_to_include</c>, <c>otlp_grpc_headers_to_include</c>). They win over
    /// <see cref="RecordHeaders"/>. Requests that differ in them are not batched together, so that many different values make many small
    /// batches.
    /// </remarks>
    public IList<string> HeadersFromMetadata { get; } = [];

    /// <summary>Gets TLS and credentials.</summary>
    public KafkaSecurityOptions Security { get; } = new();

    /// <summary>
    /// Gets properties of librdkafka by their names, which override what all other options say. Their values are never logged.
    /// </summary>
    /// <value>The default is none. What librdkafka does not know or take is an error at start, and so is what would break Rotel.</value>
    public IDictionary<string, string> CustomConfig { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal override IReadOnlyList<string> MetadataKeys =>
        [.. HeadersFromMetadata.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)];

    /// <summary>Attempts end with their delivery reports.</summary>
    internal override TimeSpan RequestTimeoutFor(OtlpSignal signal) => Timeout.InfiniteTimeSpan;

    internal string TopicOf(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => TracesTopic,
        OtlpSignal.Metrics => MetricsTopic,
        _ => LogsTopic,
    };
}
