namespace Rotel.Throughput.Drive;

/// <summary>One way to load a collector. In and out use the same transport, compression and security, or out is ClickHouse or Datadog; the encodings may differ.</summary>
/// <param name="ItemsPerSecond">0 for as fast as the answers come.</param>
internal sealed record Scenario(string Name, Transport Transport, bool Gzip, double ItemsPerSecond)
{
    /// <summary>Whether every connection, in and out, is TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>What the load sends.</summary>
    public BodyEncoding In { get; init; }

    /// <summary>What the collector exports.</summary>
    public BodyEncoding Out { get; init; }

    /// <summary>Whether rows are inserted into ClickHouse instead of sending OTLP on, and how they are compressed; null for OTLP.</summary>
    public string? ClickHouse { get; init; }

    /// <summary>Whether the rows keep attributes in columns of the type JSON; otherwise in maps of text.</summary>
    public bool JsonColumns { get; init; }

    /// <summary>Whether spans go to Datadog's intake instead of sending OTLP on, and how they are compressed; null for OTLP.</summary>
    public string? Datadog { get; init; }

    /// <summary>The disk queue's mode, and its strength where that is not the default; null where nothing is said about it.</summary>
    public string? DiskQueue { get; init; }

    /// <summary>Connections of the load, where the scenario needs others than the usual ones.</summary>
    public int? Connections { get; init; }

    /// <summary>Settings of the processors that the collector puts on the way, by variable.</summary>
    public IReadOnlyDictionary<string, string> Processors { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What the collector sends with, which is what it receives with unless said otherwise: ClickHouse and Datadog are spoken to over HTTP/1.1.
    /// </summary>
    public Transport OutTransport
    {
        get => ClickHouse is null && Datadog is null ? field : Transport.Http;
        init;
    } = Transport;

    /// <summary>Items in a request or record, where the scenario is about others than the usual ones.</summary>
    public int? Items { get; init; }

    /// <summary>Whether the collector takes part in a Kafka cluster.</summary>
    public bool UsesKafka => Transport == Transport.Kafka || OutTransport == Transport.Kafka;

    /// <summary>The name of the scenario without TLS and JSON, which this one is compared with; null where it is one itself.</summary>
    public string? Plain { get; init; }

    /// <summary>What an exporter puts into a record of a million bytes.</summary>
    private const int RecordItems = 2000;

    /// <summary>Requests in flight for the disk queue: where each waits up to 100 ms for a flush, few would measure the waiting.</summary>
    private const int DiskQueueConnections = 256;

    /// <summary>
    /// The standard set: every way at maximum rate, each behind the plain one that it is compared with, so that the two are measured one
    /// after the other; then fixed rates.
    /// </summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("http", Transport.Http, Gzip: false, ItemsPerSecond: 0),
        new("http-tls", Transport.Http, Gzip: false, ItemsPerSecond: 0) { Tls = true, Plain = "http" },
        Through("http-upsert", new()
        {
            ["ROTEL_PROCESSORS"] = "where:resource",
            ["ROTEL_PROCESSOR_WHERE_UPSERT"] = "deployment.environment.name=production,k8s.cluster.name=eu-1",
        }),
        Through("http-redaction", new()
        {
            ["ROTEL_PROCESSORS"] = "secrets:redaction",
            ["ROTEL_PROCESSOR_SECRETS_ALLOW_ALL_KEYS"] = "true",
            ["ROTEL_PROCESSOR_SECRETS_BLOCKED_VALUES"] = @"4[0-9]{12}(?:[0-9]{3})?,[\w.+-]+@[\w-]+\.[\w.]+,\b\d{3}-\d{2}-\d{4}\b",
        }),
        Keeping("disk-off", "off") with { Plain = null },
        Keeping("disk-spill", "spill"),
        Keeping("disk-always", "always"),
        Keeping("disk-power", "always power_safe"),
        new("http-json", Transport.Http, Gzip: false, ItemsPerSecond: 0) { In = BodyEncoding.Json, Plain = "http" },
        new("http-json-json", Transport.Http, Gzip: false, ItemsPerSecond: 0)
        {
            In = BodyEncoding.Json, Out = BodyEncoding.Json, Plain = "http",
        },
        new("grpc", Transport.Grpc, Gzip: false, ItemsPerSecond: 0),
        new("grpc-tls", Transport.Grpc, Gzip: false, ItemsPerSecond: 0) { Tls = true, Plain = "grpc" },
        new("http-gzip", Transport.Http, Gzip: true, ItemsPerSecond: 0),
        new("grpc-gzip", Transport.Grpc, Gzip: true, ItemsPerSecond: 0),
        Into("clickhouse", "lz4"),
        Into("clickhouse-zstd", "zstd") with { Plain = "clickhouse" },
        Into("clickhouse-none", "none") with { Plain = "clickhouse" },
        Into("clickhouse-json", "lz4") with { Plain = "clickhouse", JsonColumns = true },
        Into("clickhouse-grpc", "lz4") with { Plain = "clickhouse", Transport = Transport.Grpc },
        new("kafka", Transport.Http, Gzip: false, ItemsPerSecond: 0) { OutTransport = Transport.Kafka, Plain = "http" },
        new("kafka-grpc", Transport.Grpc, Gzip: false, ItemsPerSecond: 0) { OutTransport = Transport.Kafka, Plain = "grpc" },
        new("kafka-in", Transport.Kafka, Gzip: false, ItemsPerSecond: 0) { OutTransport = Transport.Http, Items = RecordItems },
        new("kafka-in-small", Transport.Kafka, Gzip: false, ItemsPerSecond: 0) { OutTransport = Transport.Http, Plain = "kafka-in" },
        Into("kafka-clickhouse", "lz4") with { Transport = Transport.Kafka, Items = RecordItems, Plain = "clickhouse" },
        ToDatadog("datadog", "gzip"),
        ToDatadog("datadog-zstd", "zstd") with { Plain = "datadog" },
        ToDatadog("datadog-grpc", "gzip") with { Plain = "datadog", Transport = Transport.Grpc },
        new("http-10k", Transport.Http, Gzip: false, ItemsPerSecond: 10_000),
        new("http-50k", Transport.Http, Gzip: false, ItemsPerSecond: 50_000),
        new("http-100k", Transport.Http, Gzip: false, ItemsPerSecond: 100_000),
        new("grpc-10k", Transport.Grpc, Gzip: false, ItemsPerSecond: 10_000),
        new("grpc-50k", Transport.Grpc, Gzip: false, ItemsPerSecond: 50_000),
        new("grpc-100k", Transport.Grpc, Gzip: false, ItemsPerSecond: 100_000),
        Into("clickhouse-10k", "lz4") with { ItemsPerSecond = 10_000 },
        Into("clickhouse-50k", "lz4") with { ItemsPerSecond = 50_000 },
        Into("clickhouse-100k", "lz4") with { ItemsPerSecond = 100_000 },
    ];

    /// <summary>The scenario in words, for a reader of the table.</summary>
    public string Title
    {
        get
        {
            var rate = ItemsPerSecond > 0 ? $"at {ItemsPerSecond / 1000:0}k/s" : "at maximum";
            var size = Transport == Transport.Kafka && Items is { } items ? $" ({items} a record)" : "";
            var through = Processors.Count > 0 ? $" ({Name[(Name.IndexOf('-') + 1)..]})"
                : DiskQueue is not null ? $", disk queue {DiskQueue}"
                : "";
            return $"{Word(Transport)}{Word(In)}{size} -> {Destination}{through} {rate}";
        }
    }

    private string Destination => ClickHouse is not null ? $"ClickHouse {ClickHouse}{(JsonColumns ? " JSON" : "")}"
        : Datadog is not null ? $"Datadog {Datadog}"
        : Word(OutTransport) + Word(Out);

    private static Scenario Through(string name, Dictionary<string, string> processors) =>
        new(name, Transport.Http, Gzip: false, ItemsPerSecond: 0) { Processors = processors, Plain = "http" };

    private static Scenario Keeping(string name, string diskQueue) =>
        new(name, Transport.Http, Gzip: false, ItemsPerSecond: 0)
        {
            DiskQueue = diskQueue,
            Connections = DiskQueueConnections,
            Plain = "disk-off",
        };

    private static Scenario Into(string name, string compression) =>
        new(name, Transport.Http, Gzip: false, ItemsPerSecond: 0) { ClickHouse = compression };

    private static Scenario ToDatadog(string name, string compression) =>
        new(name, Transport.Http, Gzip: false, ItemsPerSecond: 0) { Datadog = compression };

    private string Word(Transport transport) => transport switch
    {
        Transport.Grpc => "gRPC",
        Transport.Kafka => "Kafka",
        _ => "HTTP",
    } + (Tls ? " TLS" : "") + (Gzip ? " gzip" : "");

    private static string Word(BodyEncoding encoding) => encoding == BodyEncoding.Json ? " JSON" : "";
}
