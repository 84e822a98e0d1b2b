namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's exporter <c>kafka</c>.</summary>
internal static class KafkaExporterMigration
{
    /// <summary>What the collector calls the topic of a signal where nobody says.</summary>
    private static readonly (string Signal, string Topic)[] Topics =
        [("traces", "otlp_spans"), ("metrics", "otlp_metrics"), ("logs", "otlp_logs")];

    /// <summary>Settings that are called the same on both sides.</summary>
    private static readonly string[] SameNames =
    [
        "topic_from_attribute",
        "partition_traces_by_id",
        "partition_metrics_by_resource_attributes",
        "partition_logs_by_resource_attributes",
    ];

    public static void Migrate(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        section.CopyList("brokers", group, "brokers");
        section.Copy("client_id", group, "client_id");
        var shared = section.Text("topic");
        var encodings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (signal, topic) in Topics)
        {
            var own = section.Section(signal);
            if (own.Has("topic"))
                own.Copy("topic", group, $"{signal}_topic");
            else if (shared is not null || signal == "traces")
                group.Set($"{signal}_topic", shared ?? new(topic), section.PlaceOf("topic"));
            encodings.Add(own.Word("encoding") ?? section.Word("encoding") ?? "otlp_proto");
            own.Leave(
                "topic_from_metadata_key", "Rotel takes topics from resource attributes, not from headers",
                "Set topic_from_attribute");
            own.Leave("message_key_from_metadata_key", "Rotel takes keys from trace ids and resources", "See partition_traces_by_id");
        }

        MigrateEncoding(section, encodings, group, context);
        foreach (var row in SameNames)
            section.Copy(row, group, row);
        MigrateProducer(section.Section("producer"), group);
        MigrateSecurity(section, group);
        section.Ignore("protocol_version", "resolve_canonical_bootstrap_servers_only", "metadata", "use_leader_epoch", "conn_idle_timeout");
        section.Differ("include_metadata_keys", "name them in headers_from_metadata and in the receiver's headers_to_include for the same");
        ClientSettings.MigrateDelivery(section, group, context);
    }

    private static void MigrateEncoding(CollectorSection section, HashSet<string> encodings, MigratedGroup group, CollectorContext context)
    {
        if (encodings.SetEquals(["otlp_json"]))
        {
            group.Set("format", "json", section.PlaceOf("encoding"));
        }
        else if (!encodings.SetEquals(["otlp_proto"]))
        {
            context.Report.Leave(
                section.PlaceOf("encoding"),
                $"Rotel writes OTLP as protobuf or JSON, one of them per exporter, and not {string.Join(", ", encodings)}",
                "Set format, or use an exporter per encoding");
        }
    }

    private static void MigrateProducer(CollectorSection producer, MigratedGroup group)
    {
        producer.Copy("max_message_bytes", group, "max_message_bytes");
        producer.Copy("compression", group, "compression");
        group.Set(
            "acks",
            producer.Word("required_acks") switch { "0" or "NoResponse" => "none", "-1" or "all" or "WaitForAll" => "all", _ => "one" },
            producer.PlaceOf("required_acks"));
        if (producer.Duration("linger") is { HasReferences: false } linger && GoDuration.TryRead(linger.Literal, out var time))
            group.Set("linger_ms", $"{(long)time.TotalMilliseconds}", producer.PlaceOf("linger"));
        producer.Ignore("flush_max_messages", "allow_auto_topic_creation", "compression_params");
    }

    private static void MigrateSecurity(CollectorSection section, MigratedGroup group)
    {
        var auth = section.Section("auth");
        var tls = section.Has("tls") ? section.Section("tls") : auth.Section("tls");
        var hasTls = tls.Exists && tls.Flag("insecure") != true;
        var sasl = auth.Section("sasl");
        var plain = auth.Section("plain_text");
        if (sasl.Exists || plain.Exists)
        {
            var from = sasl.Exists ? sasl : plain;
            from.Copy("username", group, "sasl_username");
            from.Copy("password", group, "sasl_password");
            var mechanism = sasl.Word("mechanism")?.ToUpperInvariant() switch
            {
                "SCRAM-SHA-256" => "scram_sha256",
                "SCRAM-SHA-512" => "scram_sha512",
                null or "PLAIN" => "plain",
                _ => null,
            };
            if (mechanism is null)
            {
                sasl.Leave(
                    "mechanism", "Rotel knows PLAIN, SCRAM and, in code, OAUTHBEARER",
                    "Set kafka.Security.OAuthBearerToken in code");
            }
            else
            {
                group.Set("sasl_mechanism", mechanism, from.PlaceOf("mechanism"));
            }

            sasl.Ignore("version");
        }

        var protocol = (sasl.Exists || plain.Exists, hasTls) switch
        {
            (true, true) => "sasl_ssl",
            (true, false) => "sasl_plaintext",
            (false, true) => "ssl",
            _ => null,
        };
        if (protocol is not null)
            group.Set("security_protocol", protocol, auth.Exists ? auth.Place : tls.Place);
        tls.Copy(
            group,
            ("ca_file", "ssl_ca_location"),
            ("cert_file", "ssl_certificate_location"),
            ("key_file", "ssl_key_location"));
        tls.Ignore("insecure");
        auth.Leave(
            "kerberos", "Rotel has no setting for Kerberos",
            "Set librdkafka's properties in custom_config, with a librdkafka that has GSSAPI");
    }
}
