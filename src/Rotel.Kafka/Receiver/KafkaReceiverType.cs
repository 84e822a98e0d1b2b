using Rotel.Kafka.Connection;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Kafka.Receiver;

/// <summary>The receiver <c>kafka</c>.</summary>
internal sealed partial class KafkaReceiverType : ReceiverType<KafkaReceiverOptions>
{
    public const string Traces = "traces";
    public const string Metrics = "metrics";
    public const string Logs = "logs";
    public const string TracesTopic = "traces_topic";
    public const string MetricsTopic = "metrics_topic";
    public const string LogsTopic = "logs_topic";
    public const string EnableAutoCommit = "enable_auto_commit";
    public const string DisableExporterIndefiniteRetry = "disable_exporter_indefinite_retry";
    public const string Acknowledgement = "acknowledgement";
    public const string DeadLetter = "dead_letter_topic";
    private const string Format = "format";
    private const string GroupId = "group_id";
    private const string AutoCommitInterval = "auto_commit_interval_ms";
    private const string AutoOffsetReset = "auto_offset_reset";
    private const string SessionTimeout = "session_timeout_ms";
    private const string HeartbeatInterval = "heartbeat_interval_ms";
    private const string MaxPollInterval = "max_poll_interval_ms";
    private const string MaxPartitionFetchBytes = "max_partition_fetch_bytes";
    private const string FetchMinBytes = "fetch_min_bytes";
    private const string FetchMaxWait = "fetch_max_wait_ms";
    private const string SocketTimeout = "socket_timeout_ms";
    private const string MetadataMaxAge = "metadata_max_age_ms";
    private const string IsolationLevel = "isolation_level";
    private const string EnablePartitionEof = "enable_partition_eof";
    private const string CheckCrcs = "check_crcs";
    private const string HeadersToInclude = "headers_to_include";

    public override string Name => "kafka";

    public override string EndlessRetrySwitch => DisableExporterIndefiniteRetry;

    public override string AcknowledgementRow => Acknowledgement;

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        .. KafkaConnectionSettings.Rows<KafkaReceiverOptions>(
            options => options.Brokers, options => options.ClientId, (options, value) => options.ClientId = value),
        Switch(Traces, "Whether traces are received.", options => options.Traces, (options, value) => options.Traces = value),
        Switch(Metrics, "Whether metrics are received.", options => options.Metrics, (options, value) => options.Metrics = value),
        Switch(Logs, "Whether logs are received.", options => options.Logs, (options, value) => options.Logs = value),
        List(
            TracesTopic, "The topics that hold traces; what begins with `^` is a regular expression, also for topics to come.",
            options => options.TracesTopics),
        List(MetricsTopic, "The topics that hold metrics, in the same form.", options => options.MetricsTopics),
        List(LogsTopic, "The topics that hold logs, in the same form.", options => options.LogsTopics),
        new Setting<KafkaReceiverOptions, KafkaFormat>(
            Format, SettingForms.OneOf<KafkaFormat>(), "How the values of records are written.",
            options => options.Format, (options, value) => options.Format = value),
        new Setting<KafkaReceiverOptions, string>(
            GroupId, SettingForms.Text, "The consumer group, whose members share the partitions.",
            options => options.GroupId, (options, value) => options.GroupId = value),
        Switch(
            EnableAutoCommit, "Whether offsets are committed as records are read, delivered or not.",
            options => options.EnableAutoCommit, (options, value) => options.EnableAutoCommit = value),
        Time(
            AutoCommitInterval, "How often offsets are committed.",
            options => options.AutoCommitInterval, (options, value) => options.AutoCommitInterval = value),
        Switch(
            DisableExporterIndefiniteRetry,
            "Whether exporters give up what comes from here as their own settings say, and not never; what they gave up is lost.",
            options => options.DisableExporterIndefiniteRetry, (options, value) => options.DisableExporterIndefiniteRetry = value),
        new Setting<KafkaReceiverOptions, KafkaAcknowledgement>(
            Acknowledgement, SettingForms.OneOf<KafkaAcknowledgement>(),
            "When a record is finished, so that its offset is committed: once every destination has it, or once it is in the disk queue.",
            options => options.Acknowledgement, (options, value) => options.Acknowledgement = value),
        new Setting<KafkaReceiverOptions, KafkaAutoOffsetReset>(
            AutoOffsetReset, SettingForms.OneOf<KafkaAutoOffsetReset>(),
            "Where the group begins in a partition for which it has committed nothing that is still there.",
            options => options.AutoOffsetReset, (options, value) => options.AutoOffsetReset = value),
        Time(
            SessionTimeout, "After how long without a sign of life the group goes on without this member.",
            options => options.SessionTimeout, (options, value) => options.SessionTimeout = value),
        Time(
            HeartbeatInterval, "How often a sign of life is given.",
            options => options.HeartbeatInterval, (options, value) => options.HeartbeatInterval = value),
        Time(
            MaxPollInterval, "After how long without asking for records this member counts as hung; back-pressure does not count.",
            options => options.MaxPollInterval, (options, value) => options.MaxPollInterval = value),
        new Setting<KafkaReceiverOptions, int>(
            MaxPartitionFetchBytes, SettingForms.Integer(1, MostFetched),
            "The bytes that one request fetches of a partition; a larger record is fetched all the same.",
            options => options.MaxPartitionFetchBytes, (options, value) => options.MaxPartitionFetchBytes = value),
        new Setting<KafkaReceiverOptions, int>(
            FetchMinBytes, SettingForms.Integer(1, MostGathered),
            $"How many bytes a broker gathers before it answers, within {FetchMaxWait}.",
            options => options.FetchMinBytes, (options, value) => options.FetchMinBytes = value),
        Time(
            FetchMaxWait, $"How long a broker waits for {FetchMinBytes}.",
            options => options.FetchMaxWait, (options, value) => options.FetchMaxWait = value),
        Time(
            SocketTimeout, "How long a request to a broker may take.",
            options => options.SocketTimeout, (options, value) => options.SocketTimeout = value),
        Time(
            MetadataMaxAge, "How often topics and partitions are looked up again, and so how soon new ones are found.",
            options => options.MetadataMaxAge, (options, value) => options.MetadataMaxAge = value),
        new Setting<KafkaReceiverOptions, KafkaIsolationLevel>(
            IsolationLevel, SettingForms.OneOf<KafkaIsolationLevel>(), "Which records of transactional producers are read.",
            options => options.IsolationLevel, (options, value) => options.IsolationLevel = value),
        Switch(
            EnablePartitionEof, "Whether the end of a partition is said in the log, at level debug, whenever it is reached.",
            options => options.EnablePartitionEof, (options, value) => options.EnablePartitionEof = value),
        Switch(
            CheckCrcs, "Whether the checksums of records are checked.",
            options => options.CheckCrcs, (options, value) => options.CheckCrcs = value),
        List(
            HeadersToInclude, "The record headers that are kept with the telemetry, for exporters to send on (`headers_from_metadata`).",
            options => options.HeadersToInclude, whenUnset: "none"),
        new Setting<KafkaReceiverOptions, string>(
            DeadLetter, SettingForms.Text, "The topic that records are sent to which cannot be read.",
            options => options.DeadLetterTopic, (options, value) => options.DeadLetterTopic = value)
        {
            WhenUnset = "they are counted, logged and passed by",
        },
        .. KafkaSecuritySettings.Rows<KafkaReceiverOptions>(options => options.Security),
        KafkaCustomConfig.Row<KafkaReceiverOptions>(options => options.CustomConfig),
    ];

    protected override IReadOnlyCollection<OtlpSignal> SignalsOf(KafkaReceiverOptions options) =>
        [.. options.Subscribed.Select(subscribed => subscribed.Signal)];

    protected override bool NeedsEndlessRetry(KafkaReceiverOptions options) =>
        options is { TracksDelivery: true, DisableExporterIndefiniteRetry: false, EndsWhenDurable: false };

    protected override bool EndsWhenDurable(KafkaReceiverOptions options) => options.EndsWhenDurable;

    protected override IReadOnlyList<string> MetadataOf(KafkaReceiverOptions options) => RecordHeaders.Names(options);

    protected override IReceiver Create(KafkaReceiverOptions options, ReceiverContext context) => new KafkaReceiver(options, context);

    private static Setting<KafkaReceiverOptions, bool> Switch(
        string name, string summary, Func<KafkaReceiverOptions, bool> get, Action<KafkaReceiverOptions, bool> set) =>
        new(name, SettingForms.Boolean, summary, options => get(options), set);

    private static Setting<KafkaReceiverOptions, TimeSpan> Time(
        string name, string summary, Func<KafkaReceiverOptions, TimeSpan> get, Action<KafkaReceiverOptions, TimeSpan> set) =>
        new(name, MillisecondsForm.Instance, summary, options => get(options), set);

    private static Setting<KafkaReceiverOptions, IReadOnlyList<string>> List(
        string name, string summary, Func<KafkaReceiverOptions, IList<string>> of, string? whenUnset = null) =>
        new(name, SettingForms.List, summary, options => of(options) is { Count: > 0 } all ? all.ToArray() : null, (options, value) =>
        {
            of(options).Clear();
            foreach (var item in value)
                of(options).Add(item);
        })
        {
            WhenUnset = whenUnset,
        };
}
