using Rotel.Otlp;

namespace Rotel.Kafka;

/// <summary>How Rotel receives OTLP from topics of Kafka, as a member of a consumer group.</summary>
/// <remarks>
/// A record's offset is committed when every exporter has delivered its telemetry or was refused it for good, or when it is in the disk
/// queue where that is asked for, so that nothing is lost when a process dies; what was under way then is delivered again.
/// </remarks>
public sealed class KafkaReceiverOptions
{
    /// <summary>Gets the brokers to ask first for the cluster, as <c>host:port</c>.</summary>
    /// <value>Empty: <c>localhost:9092</c>.</value>
    public IList<string> Brokers { get; } = [];

    /// <summary>Gets TLS and credentials towards brokers.</summary>
    public KafkaSecurityOptions Security { get; } = new();

    /// <summary>
    /// Gets properties of librdkafka, by their own names
    /// (<see href="https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md">list</see>). They override what all other
    /// settings say.
    /// </summary>
    /// <value>The default is none.</value>
    public IDictionary<string, string> CustomConfig { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets or sets whether traces are received.</summary>
    /// <value>The default is <see langword="false"/>; one signal at least must be on.</value>
    public bool Traces { get; set; }

    /// <summary>Gets or sets whether metrics are received.</summary>
    /// <inheritdoc cref="Traces" path="/value"/>
    public bool Metrics { get; set; }

    /// <summary>Gets or sets whether logs are received.</summary>
    /// <inheritdoc cref="Traces" path="/value"/>
    public bool Logs { get; set; }

    /// <summary>Gets the topics that hold traces. One that begins with <c>^</c> is a regular expression, also for topics to come.</summary>
    /// <value>The default is <c>otlp_traces</c>.</value>
    /// <remarks>A topic named for one signal and matched by a pattern of another belongs to the first.</remarks>
    public IList<string> TracesTopics { get; } = ["otlp_traces"];

    /// <summary>Gets the topics that hold metrics; patterns as in <see cref="TracesTopics"/>.</summary>
    /// <value>The default is <c>otlp_metrics</c>.</value>
    public IList<string> MetricsTopics { get; } = ["otlp_metrics"];

    /// <summary>Gets the topics that hold logs; patterns as in <see cref="TracesTopics"/>.</summary>
    /// <value>The default is <c>otlp_logs</c>.</value>
    public IList<string> LogsTopics { get; } = ["otlp_logs"];

    /// <summary>Gets or sets how the values of records are written.</summary>
    /// <value>The default is <see cref="KafkaFormat.Protobuf"/>.</value>
    public KafkaFormat Format { get; set; }

    /// <summary>Gets or sets the consumer group, whose members share the partitions.</summary>
    /// <value>The default is <c>rotel-consumer</c>.</value>
    public string GroupId { get; set; } = "rotel-consumer";

    /// <summary>Gets or sets the name that brokers know this client by, in logs and quotas.</summary>
    /// <value>The default is <c>rotel</c>.</value>
    public string ClientId { get; set; } = "rotel";

    /// <summary>Gets or sets whether offsets are committed as records are read, delivered or not.</summary>
    /// <value>The default is <see langword="false"/>: only what has reached its destinations is committed.</value>
    /// <remarks>What is held in memory when the process dies is then lost, and exporters give up as their settings say.</remarks>
    public bool EnableAutoCommit { get; set; }

    /// <summary>Gets or sets how often offsets are committed, with <see cref="EnableAutoCommit"/> and without.</summary>
    /// <value>The default is 5 s; whole milliseconds.</value>
    public TimeSpan AutoCommitInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets whether exporters give up what comes from here as their settings say. What they have given up counts as finished: it is
    /// lost, and counted so.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>: they try again for ever. Cannot be used together with <see cref="EnableAutoCommit"/>, with
    /// which they give up anyway.
    /// </value>
    public bool DisableExporterIndefiniteRetry { get; set; }

    /// <summary>Gets or sets when a record is finished, so that its offset is committed.</summary>
    /// <value>The default is <see cref="KafkaAcknowledgement.Delivered"/>.</value>
    public KafkaAcknowledgement Acknowledgement { get; set; }

    /// <summary>Gets or sets where the group begins in a partition without committed offset.</summary>
    /// <value>The default is <see cref="KafkaAutoOffsetReset.Latest"/>.</value>
    public KafkaAutoOffsetReset AutoOffsetReset { get; set; }

    /// <summary>Gets or sets after how long without a sign of life the group goes on without this member.</summary>
    /// <value>The default is 30 s.</value>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how often a sign of life is given.</summary>
    /// <value>The default is 3 s; shorter than <see cref="SessionTimeout"/>.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets or sets after how long without asking for records this member counts as hung. Back-pressure does not count.</summary>
    /// <value>The default is 5 min; no shorter than <see cref="SessionTimeout"/>.</value>
    public TimeSpan MaxPollInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets the bytes that one request fetches of a partition; a larger record is fetched all the same.</summary>
    /// <value>The default is 1 MiB.</value>
    public int MaxPartitionFetchBytes { get; set; } = 1024 * 1024;

    /// <summary>Gets or sets how many bytes a broker gathers before it answers a fetch, within <see cref="FetchMaxWait"/>.</summary>
    /// <value>The default is 1: it answers at once.</value>
    public int FetchMinBytes { get; set; } = 1;

    /// <summary>Gets or sets how long a broker waits for <see cref="FetchMinBytes"/>.</summary>
    /// <value>The default is 500 ms.</value>
    public TimeSpan FetchMaxWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets how long a request to a broker may take.</summary>
    /// <value>The default is 60 s.</value>
    public TimeSpan SocketTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets or sets how often topics and partitions are looked up again, and so how soon new ones are found.</summary>
    /// <value>The default is 5 min.</value>
    public TimeSpan MetadataMaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets which records of transactional producers are read.</summary>
    /// <value>The default is <see cref="KafkaIsolationLevel.ReadCommitted"/>.</value>
    public KafkaIsolationLevel IsolationLevel { get; set; }

    /// <summary>Gets or sets whether the end of a partition is said in the log, at level debug, whenever it is reached.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool EnablePartitionEof { get; set; }

    /// <summary>Gets or sets whether the checksums of records are checked.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool CheckCrcs { get; set; } = true;

    /// <summary>Gets the names, in any case, of the record headers that are kept with the telemetry, for exporters to send on.</summary>
    /// <value>The default is none.</value>
    /// <remarks>At most 4 KiB of names and values are kept of one record, and only values of visible ASCII.</remarks>
    public IList<string> HeadersToInclude { get; } = [];

    /// <summary>
    /// Gets or sets the topic that records are sent to which cannot be read, with headers that say where they come from and why:
    /// <c>rotel.topic</c>, <c>rotel.partition</c>, <c>rotel.offset</c>, <c>rotel.reason</c>.
    /// </summary>
    /// <value>The default is none: they are counted, logged and passed by.</value>
    public string? DeadLetterTopic { get; set; }

    /// <summary>Whether a record is finished when it is in the disk queue.</summary>
    internal bool EndsWhenDurable => Acknowledgement == KafkaAcknowledgement.Durable;

    /// <summary>Whether offsets wait for delivery, or for the disk queue.</summary>
    internal bool TracksDelivery => !EnableAutoCommit;

    /// <summary>The signals that are on, with their topics, in the order in which patterns are tried.</summary>
    internal IEnumerable<(OtlpSignal Signal, IList<string> Topics)> Subscribed
    {
        get
        {
            if (Traces)
                yield return (OtlpSignal.Traces, TracesTopics);
            if (Metrics)
                yield return (OtlpSignal.Metrics, MetricsTopics);
            if (Logs)
                yield return (OtlpSignal.Logs, LogsTopics);
        }
    }
}
