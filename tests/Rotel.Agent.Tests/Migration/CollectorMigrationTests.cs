using System.Text.Json;
using Rotel.Agent.Migration;

namespace Rotel.Agent.Tests.Migration;

/// <summary>What becomes of each component's options; every result is loaded, compiled and compared.</summary>
public sealed class CollectorMigrationTests
{
    private const string ToBackend = "exporters: {otlp: {endpoint: \"http://b:5317\"}}";

    [Theory]
    [InlineData(
        "grpc: {endpoint: \"0.0.0.0:4317\", max_recv_msg_size_mib: 16, max_concurrent_streams: 5}",
        "OtlpGrpcEndpoint=0.0.0.0:4317", "OtlpHttpEndpoint=none", "OtlpGrpcMaxRecvMsgSizeMib=16", "OtlpMaxStreamsPerConnection=5")]
    [InlineData("grpc: {endpoint: \":4317\"}", "OtlpGrpcEndpoint=0.0.0.0:4317")]
    [InlineData("grpc: {endpoint: /run/o.sock, transport: unix}", "OtlpGrpcEndpoint=unix:/run/o.sock")]
    [InlineData(
        "http: {max_request_body_size: 1000, traces_url_path: /t, idle_timeout: 5s, cors: {allowed_origins: [\"*\"], "
            + "allowed_headers: [a], max_age: 60}}",
        "OtlpGrpcEndpoint=none", "OtlpMaxRequestBodySize=1000", "OtlpReceiverTracesHttpPath=/t", "OtlpKeepAliveTimeout=5s",
        "OtlpHttpCorsMaxAge=60s")]
    [InlineData(
        "grpc: {keepalive: {server_parameters: {max_connection_idle: 1m, time: 10s, timeout: 5s}}}",
        "OtlpKeepAliveTimeout=1m", "OtlpHttp2KeepAlivePingDelay=10s", "OtlpHttp2KeepAlivePingTimeout=5s")]
    public void Receiver_IsCarriedOver(string protocols, params string[] expected)
    {
        var files = Migrate($"receivers: {{otlp: {{protocols: {{{protocols}}}}}}}", ToBackend, "", "otlp");

        AssertWhole(files, "", expected);
    }

    [Theory]
    [InlineData("otlp", "endpoint: \"b:5317\"", "Endpoint=https://b:5317")]
    [InlineData("otlp", "endpoint: \"b:5317\", tls: {insecure: true}", "Endpoint=http://b:5317")]
    [InlineData("otlp", "endpoint: \"dns:///b:5317\"", "Endpoint=https://b:5317")]
    [InlineData(
        "otlp_grpc", "endpoint: \"https://b:5317\", compression: zstd, timeout: 1.5s",
        "Compression=zstd", "RequestTimeout=1s500ms")]
    [InlineData(
        "otlp", "endpoint: \"https://b\", tls: {insecure_skip_verify: true, server_name_override: n, min_version: \"1.3\"}",
        "TlsSkipVerify=True", "TlsServerName=n", "TlsMinVersion=1.3")]
    [InlineData(
        "otlp", "endpoint: \"https://b\", keepalive: {time: 20s, timeout: 3s, permit_without_stream: true}",
        "KeepAlivePingInterval=20s", "KeepAlivePingTimeout=3s")]
    [InlineData(
        "otlp", "endpoint: \"https://b\", retry_on_failure: {initial_interval: 1s, max_interval: 10s, max_elapsed_time: 0}",
        "RetryInitialBackoff=1s", "RetryMaxBackoff=10s", "RetryMaxElapsedTime=0s")]
    [InlineData("otlp", "endpoint: \"https://b\", retry_on_failure: {enabled: false}", "RetryMaxElapsedTime=1ms")]
    [InlineData(
        "otlp", "endpoint: \"https://b\", sending_queue: {num_consumers: 3, sizer: bytes, queue_size: 5000000, block_on_overflow: true}",
        "MaxConcurrentRequests=3", "QueueMaxBytes=5000000", "Overflow=block")]
    [InlineData(
        "otlp", "endpoint: \"https://b\", sending_queue: {batch: {flush_timeout: 2s, min_size: 100, max_size: 200}}",
        "BatchTimeout=2s", "BatchMaxSize=100")]
    [InlineData("otlphttp", "endpoint: \"https://b/x\"", "Protocol=http", "Endpoint=https://b/x", "RequestTimeout=30s")]
    [InlineData(
        "otlp_http", "traces_endpoint: \"https://b/t\", encoding: json, compression: none, timeout: 9s",
        "TracesEndpoint=https://b/t", "Encoding=json", "Compression=none", "RequestTimeout=9s")]
    [InlineData("clickhouse", "endpoint: \"tcp://c:9000\"", "Endpoint=http://c:8123", "Database=default", "CreateSchema=True")]
    [InlineData(
        "clickhouse",
        "endpoint: \"clickhouse://c:9440/db?secure=true\", cluster_name: k, table_engine: {name: ReplicatedMergeTree, "
            + "params: \"'a', 'b'\"}",
        "Endpoint=https://c:8443", "Database=db", "CreateSchema=True", "Cluster=k", "TableEngine=ReplicatedMergeTree('a', 'b')")]
    [InlineData(
        "clickhouse",
        "endpoint: \"http://c:8123\", database: o, username: u, ttl: 72h, logs_table_name: l, async_insert: false, compress: none, "
            + "metrics_tables: {gauge: {name: g}}",
        "Database=o", "User=u", "Ttl=72h", "LogsTable=l", "AsyncInsert=False", "Compression=none", "MetricsGaugeTable=g")]
    [InlineData("kafka", "brokers: [a:1, b:2]", "TracesTopic=otlp_spans", "Acks=one")]
    [InlineData(
        "kafka",
        "brokers: [a:1], topic: t, encoding: otlp_json, partition_traces_by_id: true, producer: {required_acks: -1, "
            + "compression: zstd, max_message_bytes: 900000}",
        "TracesTopic=t", "LogsTopic=t", "Format=json", "PartitionTracesById=True", "Acks=all", "Compression=zstd")]
    [InlineData("kafka", "brokers: [a:1], traces: {topic: x}, tls: {ca_file: }", "TracesTopic=x", "SecurityProtocol=ssl")]
    [InlineData(
        "datadog",
        "api: {key: \"${env:DD}\", site: us5.datadoghq.com}, hostname: web-1.example.com, "
            + "metrics: {resource_attributes_as_tags: true, delta_ttl: 60, histograms: {mode: nobuckets, send_aggregation_metrics: true}}",
        "Region=us5", "HostName=web-1.example.com", "ResourceAttributesAsTags=True", "DeltaExpiry=60s", "HistogramMode=no_buckets")]
    [InlineData(
        "file", "path: out.json, rotation: {max_megabytes: 10, max_days: 2, max_backups: 3}",
        "Path=out.json", "MaxFileSize=10MiB", "MaxFileAge=48h", "MaxFiles=3")]
    public void Exporter_IsCarriedOver(string type, string options, params string[] expected)
    {
        var files = Migrate("", $"exporters: {{{type}/mine: {{{options}}}}}", "", $"{type}/mine");

        AssertWhole(files, "Exporters:mine:", expected);
    }

    [Theory]
    [InlineData("batch", "timeout: 3s, send_batch_size: 100, send_batch_max_size: 200", "BatchTimeout=3s", "BatchMaxSize=100")]
    [InlineData("batch", "send_batch_size: 0, send_batch_max_size: 50", "BatchTimeout=0s", "BatchMaxSize=50")]
    [InlineData("memory_limiter", "check_interval: 1s, limit_mib: 500, spike_limit_mib: 100", "MemoryLimit=400MiB")]
    [InlineData("memory_limiter", "limit_mib: 500", "MemoryLimit=400MiB")]
    [InlineData(
        "attributes",
        "actions: [{key: a, value: b, action: insert}, {key: c, from_attribute: d, action: upsert}, {key: e, action: delete}, "
            + "{pattern: \"^f\", action: delete}]",
        "Processors:mine:Insert:a=b", "Processors:mine:UpsertFrom:c=d", "Processors:mine:Delete:0=e",
        "Processors:mine:DeletePatterns:0=^f")]
    [InlineData(
        "attributes",
        "actions: [{key: a, value: 5, action: upsert}, {key: b, value: true, action: update}, {key: c, value: \"5\", action: insert}]",
        "Processors:mine:Upsert:a=5", "Processors:mine:Convert:a=int", "Processors:mine:Convert:b=bool", "Processors:mine:Insert:c=5")]
    [InlineData(
        "attributes",
        "actions: [{key: u, pattern: '^(?P<scheme>.*):', action: extract}, {key: n, converted_type: int, action: convert}, "
            + "{key: h, action: hash}]",
        "Processors:mine:Extract:u=^(?<scheme>.*):", "Processors:mine:Convert:n=int", "Processors:mine:Hash:0=h")]
    [InlineData(
        "resource", "attributes: [{key: deployment.environment, value: prod, action: upsert}]",
        "Processors:mine:Upsert:deployment.environment=prod")]
    [InlineData(
        "probabilistic_sampler", "sampling_percentage: 12.5, mode: equalizing, fail_closed: false, sampling_precision: 5",
        "Processors:mine:Percentage=12.5", "Processors:mine:Mode=equalizing", "Processors:mine:FailClosed=False",
        "Processors:mine:Precision=5")]
    [InlineData(
        "redaction", "allow_all_keys: true, blocked_values: [\"4[0-9]{12}\"], summary: info, hash_function: sha3",
        "Processors:mine:AllowAllKeys=True", "Processors:mine:BlockedValues:0=4[0-9]{12}", "Processors:mine:Summary=info",
        "Processors:mine:HashFunction=sha3")]
    [InlineData(
        "resource_detection", "detectors: [env, system], timeout: 1s, override: false",
        "ResourceDetectors:0=env", "ResourceDetectors:1=host", "ResourceDetectionTimeout=1s", "ResourceDetectionOverride=False")]
    [InlineData(
        "filter", "spans: {exclude: {match_type: strict, services: [a, b]}}",
        "Processors:mine:DropServices:0=a", "Processors:mine:DropServices:1=b")]
    [InlineData(
        "filter", "spans: {include: {match_type: regexp, span_names: [\"^GET\", POST]}}",
        "Processors:mine:KeepSpanNames:0=^GET", "Processors:mine:KeepSpanNames:1=^(?s:.*?)(?:POST)")]
    [InlineData("filter", "spans: {exclude: {match_type: strict, attributes: [{key: k, value: v}]}}", "Processors:mine:DropAttributes:k=v")]
    public void Processor_IsCarriedOver(string type, string options, params string[] expected)
    {
        var files = Migrate("", ToBackend, $"processors: {{{type}/mine: {{{options}}}}}", "otlp", $"{type}/mine");

        AssertWhole(files, "", expected);
    }

    [Theory]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\", sending_queue: {storage: file_storage}}}",
        "exporters.otlp.sending_queue.storage", "one queue on disk for all exporters")]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\", sending_queue: {queue_size: 10}}}",
        "exporters.otlp.sending_queue.queue_size", "bounded by bytes")]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\", compression: snappy}}",
        "exporters.otlp.compression", "does not compress with snappy")]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\", auth: {authenticator: headers_setter}}}",
        "exporters.otlp.auth.authenticator", "no authenticator like headers_setter")]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\", headers: {a: \"${file:/x}\"}}}",
        "exporters.otlp.headers", "${file:/x} is not from the environment")]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\", something_new: {deep: 1}}}",
        "exporters.otlp.something_new", "nothing like it")]
    [InlineData("exporters: {otlp: {endpoint: \"http://b:5317\", timeout: soon}}", "exporters.otlp.timeout", "expected a duration")]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\", sending_queue: {num_consumers: many}}}",
        "exporters.otlp.sending_queue.num_consumers", "expected a whole number")]
    [InlineData(
        "exporters: {otlp: {endpoint: \"http://b:5317\"}, zipkin: {endpoint: \"http://z\"}}",
        "exporters.zipkin", "no exporter zipkin")]
    public void Option_WithoutCounterpart_IsLeftOver(string exporters, string path, string why)
    {
        var ids = exporters.Contains("zipkin", StringComparison.Ordinal) ? "otlp, zipkin" : "otlp";
        var files = Migrate("", exporters, "", ids);

        var leftover = Assert.Single(files.Configuration.Report.Leftovers);
        Assert.Equal(path, leftover.Place.Path);
        Assert.Equal(2, leftover.Place.Line);
        Assert.Contains(why, leftover.Text, StringComparison.Ordinal);
        MigratedPlan.Check(files);
    }

    /// <summary>The order of settings is by kind: where that would change what comes out, there is another processor.</summary>
    [Fact]
    public void Actions_WhoseOrderMatters_AreSpreadOverProcessors()
    {
        var files = Migrate(
            "",
            "exporters: {otlp: {endpoint: \"http://b:5317\"}}",
            "processors: {attributes/mine: {actions: [{key: a, action: delete}, {key: b, value: x, action: insert}, "
                + "{key: a, from_attribute: b, action: insert}]}}",
            "otlp",
            "attributes/mine");

        AssertWhole(
            files,
            "Processors:",
            ["0=mine:attributes", "1=mine-2:attributes", "mine:Delete:0=a", "mine:Insert:b=x", "mine-2:InsertFrom:a=b"]);
    }

    [Fact]
    public void Pipelines_WithTheSameProcessors_AreOne()
    {
        var files = MigratedFiles.OfText(
            """
            receivers: {otlp: {protocols: {grpc: , http: }}}
            exporters: {otlp/a: {endpoint: "http://a:1"}, otlp/b: {endpoint: "http://b:1"}, otlp/c: {endpoint: "http://c:1"}}
            processors: {batch: , resource: {attributes: [{key: k, value: v, action: insert}]}}
            service:
              pipelines:
                traces/1: {receivers: [otlp], processors: [batch], exporters: [otlp/a]}
                traces/2: {receivers: [otlp], processors: [batch], exporters: [otlp/b]}
                traces/3: {receivers: [otlp], processors: [resource, batch], exporters: [otlp/c]}
            """,
            "c.yaml");

        Assert.Equal(["a", "b"], MigratedPlan.Check(files).Exporters.Select(exporter => exporter.Name));
        var leftover = Assert.Single(files.Configuration.Report.Leftovers);
        Assert.Equal("service.pipelines.traces/3", leftover.Place.Path);
        Assert.Contains("passes other processors", leftover.Text, StringComparison.Ordinal);
        Assert.Contains(files.Configuration.Report.Different, entry => entry.Place.Path == "service.pipelines.traces/2");
    }

    /// <summary>The same two processors in two orders: one of them is there twice.</summary>
    [Fact]
    public void Processors_InDifferentOrders_KeepTheOrderOfEachSignal()
    {
        var files = MigratedFiles.OfText(
            """
            receivers: {otlp: {protocols: {grpc: , http: }}}
            exporters: {otlp: {endpoint: "http://b:1"}}
            processors:
              resource/a: {attributes: [{key: k, value: a, action: upsert}]}
              resource/b: {attributes: [{key: k, value: b, action: upsert}]}
            service:
              pipelines:
                traces: {receivers: [otlp], processors: [resource/a, resource/b], exporters: [otlp]}
                logs: {receivers: [otlp], processors: [resource/b, resource/a], exporters: [otlp]}
                metrics: {receivers: [otlp], processors: [resource/b], exporters: [otlp]}
            """,
            "c.yaml");

        var plan = MigratedPlan.Check(files);

        Assert.Equal(["a", "b"], Chain(Otlp.OtlpSignal.Traces));
        Assert.Equal(["b", "a"], Chain(Otlp.OtlpSignal.Logs).Select(name => name[..1]));
        Assert.Equal(["b"], Chain(Otlp.OtlpSignal.Metrics).Select(name => name[..1]));

        string[] Chain(Otlp.OtlpSignal signal) => [.. plan.ProcessorsOf(signal).Select(step => step.Name)];
    }

    [Fact]
    public void DebugAlone_IsTheDebugLogAndDiscards()
    {
        var files = Migrate("", "exporters: {debug: {verbosity: detailed}}", "", "debug");

        AssertWhole(
            files, "", ["DebugLog:0=traces", "DebugLogVerbosity=detailed", "Exporters:blackhole=blackhole", "ExportersTraces:0=blackhole"]);
    }

    [Fact]
    public void Service_TelemetryAndHealth_AreCarriedOver()
    {
        var files = Migrate(
            "", ToBackend, "extensions: {health_check: {endpoint: \"0.0.0.0:13133\"}}", "otlp", null,
            "extensions: [health_check], telemetry: {logs: {level: WARN, encoding: json, output_paths: [/var/log/o.log]}}, ");

        AssertWhole(files, "", ["StatusEndpoint=localhost:13133", "LogLevel=warning", "LogFormat=json", "LogFile=/var/log/o.log"]);
    }

    /// <summary>References stay references, in the one place where Rotel has any: the environment.</summary>
    [Fact]
    public void References_BecomeVariables()
    {
        var files = Migrate(
            "",
            "exporters: {otlp: {endpoint: \"${env:HOST:-backend}:${PORT}\", headers: {a: \"Bearer ${env:TOKEN}\", b: $OLD_STYLE}}}",
            "",
            "otlp");

        Assert.Empty(files.Configuration.Report.Leftovers);
        Assert.Equal(
            [
                "ROTEL_EXPORTER_OTLP_ENDPOINT=\"${HOST:-backend}:${PORT}\"",
                "ROTEL_EXPORTER_OTLP_CUSTOM_HEADERS=\"a=Bearer ${TOKEN},b=${OLD_STYLE}\"",
            ],
            files.Configuration.Environment.Select(line => line.ToString()));
        MigratedPlan.Check(files);
    }

    private static void AssertWhole(MigratedFiles files, string prefix, string[] expected)
    {
        Assert.Empty(files.Configuration.Report.Leftovers);
        var actual = new List<string>();
        using var json = JsonDocument.Parse(files.AppSettings);
        Flatten(json.RootElement.GetProperty("Rotel"), "", actual);
        Assert.All(expected, setting => Assert.Contains($"{prefix}{setting}", actual));
        MigratedPlan.Check(files);
    }

    private static void Flatten(JsonElement element, string path, List<string> settings)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
                Flatten(property.Value, $"{path}:{property.Name}", settings);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            for (var i = 0; i < element.GetArrayLength(); i++)
                Flatten(element[i], $"{path}:{i}", settings);
        }
        else
        {
            settings.Add($"{path[1..]}={element}");
        }
    }

    private static MigratedFiles Migrate(
        string receivers, string exporters, string others, string exporterIds, string? processorId = null, string service = "")
    {
        if (receivers.Length == 0)
            receivers = "receivers: {otlp: {protocols: {grpc: , http: }}}";
        var pipeline = $"{{receivers: [otlp], processors: [{processorId}], exporters: [{exporterIds}]}}";
        return MigratedFiles.OfText(
            $$"""
            {{receivers}}
            {{exporters}}
            {{others}}
            service: { {{service}}pipelines: {traces: {{pipeline}} } }
            """,
            "collector.yaml");
    }
}
