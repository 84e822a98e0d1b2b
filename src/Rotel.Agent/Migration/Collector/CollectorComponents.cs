using Rotel.Configuration;
using Rotel.Kafka;
using Rotel.Pipelines;

namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// What is known of the collector's components: those that are carried over, which docs/migrate.md lists (a test holds both together), and
/// what to do about others that are often met.
/// </summary>
internal static class CollectorComponents
{
    /// <summary>Carries the options of an exporter over.</summary>
    public delegate void ExporterMigration(CollectorSection section, MigratedGroup group, CollectorContext context);

    /// <summary>By the collector's name.</summary>
    public static IReadOnlyDictionary<string, (ExporterType Type, ExporterMigration Migrate)> Exporters { get; } =
        new Dictionary<string, (ExporterType Type, ExporterMigration Migrate)>(StringComparer.Ordinal)
        {
            ["otlp"] = (ExporterTypes.Otlp, OtlpExporterMigration.MigrateGrpc),
            ["otlp_grpc"] = (ExporterTypes.Otlp, OtlpExporterMigration.MigrateGrpc),
            ["otlphttp"] = (ExporterTypes.Otlp, OtlpExporterMigration.MigrateHttp),
            ["otlp_http"] = (ExporterTypes.Otlp, OtlpExporterMigration.MigrateHttp),
            ["clickhouse"] = (ExporterTypes.ClickHouse, ClickHouseExporterMigration.Migrate),
            ["kafka"] = (KafkaTypes.Exporter, KafkaExporterMigration.Migrate),
            ["datadog"] = (ExporterTypes.Datadog, DatadogExporterMigration.Migrate),
            ["file"] = (ExporterTypes.File, FileExporterMigration.Migrate),
            ["nop"] = (ExporterTypes.Blackhole, NopExporterMigration.Migrate),
        };

    /// <summary>Exporters that become the debug log.</summary>
    public static IReadOnlyList<string> DebugExporters { get; } = ["debug", "logging"];

    public static IReadOnlyList<string> Receivers { get; } = ["otlp"];

    public static IReadOnlyList<string> Processors { get; } =
        ["attributes", "batch", "filter", "memory_limiter", "probabilistic_sampler", "redaction", "resource", "resourcedetection"];

    /// <summary>Extensions that something else asks for.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        ["basicauth", "bearertokenauth", "health_check", "memory_limiter", "oauth2client", "sigv4auth"];

    /// <summary>What to do about a component that is not carried over.</summary>
    public static IReadOnlyDictionary<string, string> Advice { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["transform"] = "Use the processors attributes, resource and rename, and for the rest a processor of your own",
        ["tail_sampling"] = "Sample by trace id with probabilistic_sampler, or keep a collector for it behind Rotel",
        ["k8sattributes"] = "Name k8s in resource_detectors for what a pod knows of itself; a collector behind Rotel can add the rest",
        ["span"] = "Rename spans with a processor of type rename",
        ["metricstransform"] = "Rename metrics with a processor of type rename",
        ["cumulativetodelta"] = "The Datadog exporter does it by itself; for others set the temporality in the SDK",
        ["groupbyattrs"] = "Do without it: destinations group by themselves",
        ["groupbytrace"] = "Do without it: destinations group by themselves",
        ["prometheus"] = "Send OTLP to Prometheus itself, which takes it at /api/v1/otlp, with the exporter otlp over http",
        ["prometheusremotewrite"] = "Send OTLP to Prometheus itself, which takes it at /api/v1/otlp, with the exporter otlp over http",
        ["loki"] = "Send OTLP to Loki itself, which takes it at /otlp, with the exporter otlp over http",
        ["zipkin"] = "Most backends that take Zipkin's form take OTLP, too",
        ["jaeger"] = "Send OTLP to Jaeger itself, which takes it on 4317",
        ["elasticsearch"] = "Send OTLP to Elastic's endpoint for it, or keep a collector behind Rotel",
        ["opensearch"] = "Keep a collector behind Rotel for it",
        ["splunk_hec"] = "Keep a collector behind Rotel for it",
        ["awsxray"] = "Send OTLP to X-Ray's endpoint for it, with authenticator sigv4auth, or keep a collector behind Rotel",
        ["awsemf"] = "Keep a collector behind Rotel for it",
        ["loadbalancing"] = "Send to one address and let what stands behind it balance",
        ["hostmetrics"] = "Keep a collector on the host for it, which sends OTLP to the same destination",
        ["filelog"] = "Keep a collector on the host for it, or log through the SDK",
        ["zpages"] = "Set status_endpoint, where /rotel/status tells of pipelines, queues and errors",
        ["pprof"] = "Use dotnet-trace and dotnet-counters",
        ["file_storage"] = "Set disk_queue=always and disk_queue_directory: Rotel has one queue on disk for all exporters",
        ["headers_setter"] = "Name the headers in headers_from_metadata of the exporter, and in headers_to_include of the receiver",
        ["spanmetrics"] = "The Datadog exporter computes statistics of spans; for others keep a collector behind Rotel",
        ["datadog"] = "Do without it: Rotel's Datadog exporter computes statistics itself",
    };

    public static string AdviceFor(string type, string what) =>
        Advice.GetValueOrDefault(type) ?? $"Keep a collector for this {what}, before or behind Rotel, and send it OTLP";
}
