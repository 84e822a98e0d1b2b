using Rotel.Destinations;
using Rotel.Kafka.Connection;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Kafka.Exporter;

/// <summary>The exporter <c>kafka</c>.</summary>
internal sealed class KafkaExporterType : ExporterType<KafkaExporterOptions>
{
    public const string TracesTopic = "traces_topic";
    public const string MetricsTopic = "metrics_topic";
    public const string LogsTopic = "logs_topic";
    public const string TopicFromAttribute = "topic_from_attribute";
    public const string Format = "format";
    public const string Compression = "compression";
    public const string Acks = "acks";
    public const string Idempotent = "idempotent";
    public const string MaxMessageBytes = "max_message_bytes";
    public const string Linger = "linger_ms";
    public const string BatchSize = "batch_size";
    public const string Retries = "retries";
    public const string RetryBackoff = "retry_backoff_ms";
    public const string RetryBackoffMax = "retry_backoff_max_ms";
    public const string MessageTimeout = "message_timeout_ms";
    public const string RequestTimeout = "request_timeout_ms";
    public const string Partitioner = "partitioner";
    public const string PartitionTracesById = "partition_traces_by_id";
    public const string PartitionMetricsByResourceAttributes = "partition_metrics_by_resource_attributes";
    public const string PartitionLogsByResourceAttributes = "partition_logs_by_resource_attributes";
    public const string RecordHeaders = "record_headers";
    public const string HeadersFromMetadata = "headers_from_metadata";

    public override string Name => "kafka";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        .. KafkaConnectionSettings.Rows<KafkaExporterOptions>(
            options => options.Brokers, options => options.ClientId, (options, value) => options.ClientId = value),
        Text(
            TracesTopic, "The topic of traces.",
            options => options.TracesTopic, (options, value) => options.TracesTopic = value),
        Text(
            MetricsTopic, "The topic of metrics.",
            options => options.MetricsTopic, (options, value) => options.MetricsTopic = value),
        Text(
            LogsTopic, "The topic of logs.",
            options => options.LogsTopic, (options, value) => options.LogsTopic = value),
        new Setting<KafkaExporterOptions, string>(
            TopicFromAttribute, SettingForms.Text, "The resource attribute whose value is the topic of all that belongs to the resource.",
            options => options.TopicFromAttribute, (options, value) => options.TopicFromAttribute = value)
        {
            WhenUnset = "the topic of the signal",
        },
        OneOf<KafkaFormat>(
            Format, "How telemetry is written.",
            options => options.Format, (options, value) => options.Format = value),
        OneOf<KafkaCompression>(
            Compression, "How records are compressed.",
            options => options.Compression, (options, value) => options.Compression = value),
        OneOf<KafkaAcks>(
            Acks, "Which brokers must have a record before it counts as delivered: none, the leader alone, or all in sync.",
            options => options.Acks, (options, value) => options.Acks = value),
        new Setting<KafkaExporterOptions, bool>(
            Idempotent, SettingForms.Boolean, "Whether the client's own repetitions neither double nor reorder records.",
            options => options.Idempotent, (options, value) => options.Idempotent = value)
        {
            WhenUnset = "true where acks is all and retries is not 0",
        },
        Number(
            MaxMessageBytes, "The most bytes of a record before compression; larger batches are cut, and a larger item is dropped.",
            options => options.MaxMessageBytes, (options, value) => options.MaxMessageBytes = value),
        Milliseconds(
            Linger, "How many milliseconds a record waits for others to travel with.",
            options => options.Linger, (options, value) => options.Linger = value),
        Number(
            BatchSize, "The most bytes of records that travel together.",
            options => options.BatchSize, (options, value) => options.BatchSize = value),
        Number(
            Retries, "How often the client produces a record again within message_timeout_ms.",
            options => options.Retries, (options, value) => options.Retries = value),
        Milliseconds(
            RetryBackoff, "How many milliseconds the client waits before it first repeats a request.",
            options => options.RetryBackoff, (options, value) => options.RetryBackoff = value),
        Milliseconds(
            RetryBackoffMax, "How many milliseconds the client waits at most before it repeats a request.",
            options => options.RetryBackoffMax, (options, value) => options.RetryBackoffMax = value),
        Milliseconds(
            MessageTimeout, "How many milliseconds the client tries to deliver a record; the attempt ends then. 0 means without end.",
            options => options.MessageTimeout, (options, value) => options.MessageTimeout = value),
        new Setting<KafkaExporterOptions, TimeSpan>(
            RequestTimeout, MillisecondsForm.Instance,
            $"{SharedExporterSettings.RequestTimeout} in milliseconds: what a broker may take to answer. Of the two in one place, "
                + $"{SharedExporterSettings.RequestTimeout} counts.",
            _ => null, (options, value) => options.RequestTimeout = value)
        {
            WhenUnset = SharedExporterSettings.RequestTimeout,
        },
        OneOf<KafkaPartitioner>(
            Partitioner, "The hash of its key that decides the partition of a record; with random, records without key are spread.",
            options => options.Partitioner, (options, value) => options.Partitioner = value),
        new Setting<KafkaExporterOptions, bool>(
            PartitionTracesById, SettingForms.Boolean, "Whether each trace is a record of its own, with the trace id as key.",
            options => options.PartitionTracesById, (options, value) => options.PartitionTracesById = value),
        new Setting<KafkaExporterOptions, bool>(
            PartitionMetricsByResourceAttributes, SettingForms.Boolean,
            "Whether the metrics of each resource are a record of their own, with a hash of its attributes as key.",
            options => options.PartitionMetricsByResourceAttributes,
            (options, value) => options.PartitionMetricsByResourceAttributes = value)
        {
            Aliases = ["partitioner_metrics_by_resource_attributes"],
        },
        new Setting<KafkaExporterOptions, bool>(
            PartitionLogsByResourceAttributes, SettingForms.Boolean,
            "Whether the logs of each resource are a record of their own, with a hash of its attributes as key.",
            options => options.PartitionLogsByResourceAttributes,
            (options, value) => options.PartitionLogsByResourceAttributes = value)
        {
            Aliases = ["partitioner_logs_by_resource_attributes"],
        },
        new Setting<KafkaExporterOptions, IReadOnlyList<KeyValuePair<string, string>>>(
            RecordHeaders, SettingForms.Pairs, "Headers that every record has.",
            options => options.RecordHeaders.Count == 0 ? null : options.RecordHeaders.ToArray(),
            (options, value) =>
            {
                foreach (var (name, text) in value)
                    options.RecordHeaders[name] = text;
            })
        {
            WhenUnset = "none",
        },
        new Setting<KafkaExporterOptions, IReadOnlyList<string>>(
            HeadersFromMetadata, SettingForms.List,
            "The names of kept request headers that records get as headers; requests that differ in them share no batch.",
            options => options.HeadersFromMetadata is { Count: > 0 } names ? names.ToArray() : null,
            (options, value) =>
            {
                options.HeadersFromMetadata.Clear();
                foreach (var name in value)
                    options.HeadersFromMetadata.Add(name);
            })
        {
            WhenUnset = "none",
        },
        .. KafkaSecuritySettings.Rows<KafkaExporterOptions>(options => options.Security),
        KafkaCustomConfig.Row<KafkaExporterOptions>(options => options.CustomConfig),
    ];

    protected override void Validate(KafkaExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors) =>
        KafkaExporterValidation.Validate(options, errors);

    protected override IExporter Create(KafkaExporterOptions options, ExporterContext context) => new KafkaExporter(options, context);

    protected override IReadOnlyList<ExporterDestination> DestinationsOf(
        KafkaExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context) =>
        [
            .. options.Brokers.DefaultIfEmpty(KafkaConnectionSettings.DefaultBroker).Select(KafkaName.Split).Select(broker =>
                new ExporterDestination(broker.Host, broker.Port, signals)
                {
                    HasForeignTls = options.Security.UsesTls,
                }),
        ];

    protected override Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        KafkaExporterOptions options,
        IReadOnlyCollection<OtlpSignal> signals,
        ExporterContext context,
        CancellationToken cancellationToken) => ClusterExamination.ExamineAsync(options, signals, context, cancellationToken);

    private static Setting<KafkaExporterOptions, string> Text(
        string name, string summary, Func<KafkaExporterOptions, object?> get, Action<KafkaExporterOptions, string> set) =>
        new(name, SettingForms.Text, summary, get, set);

    private static Setting<KafkaExporterOptions, int> Number(
        string name, string summary, Func<KafkaExporterOptions, object?> get, Action<KafkaExporterOptions, int> set) =>
        new(name, SettingForms.Integer(), summary, get, set);

    private static Setting<KafkaExporterOptions, TimeSpan> Milliseconds(
        string name, string summary, Func<KafkaExporterOptions, object?> get, Action<KafkaExporterOptions, TimeSpan> set) =>
        new(name, MillisecondsForm.Instance, summary, get, set);

    private static Setting<KafkaExporterOptions, TEnum> OneOf<TEnum>(
        string name, string summary, Func<KafkaExporterOptions, object?> get, Action<KafkaExporterOptions, TEnum> set)
        where TEnum : struct, Enum => new(name, SettingForms.OneOf<TEnum>(), summary, get, set);
}
