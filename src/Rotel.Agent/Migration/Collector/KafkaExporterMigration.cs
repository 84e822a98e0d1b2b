namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's exporter <c>kafka</c>.</summary>
internal static class KafkaExporterMigration
{
    /// <summary>What the collector calls the topic of a signal where nobody says.</summary>
    private static readonly (string Signal, string Topic)[] Topics = [("traces", "otlp_spans"), ("metrics", "otlp_metrics"), ("logs", "otlp_logs")];

    public static void Migrate(CollectorSection section, MigratedGroup group, CollectorContext context)
    {
        if (section.List("brokers") is { Count: > 0 } brokers)
            group.SetList("brokers", brokers, section.PlaceOf("brokers"));
        ClientSettings.CopyText(section, "client_id", group, "client_id");
        var shared = section.Text("topic");
        var encodings = new HashSet<string>(StringComparer.Ordinal) { };
        foreach (var (signal, topic) in Topics)
        {
            var own = section.Section(signal);
            if (own.Has("topic"))
                ClientSettings.CopyText(own, "topic", group, $"{signal}_topic");
            else if (shared is not null || signal == "traces")
                group.Set($"{signal}_topic", shared ?? new(topic), section.PlaceOf("topic"));
            encodings.Add(own.Word("encoding") ?? section.Word("encoding") ?? "otlp_proto");
            own.Leave("topic_from_metadata_key", "Rotel takes topics from resource attributes, not from headers", "Set topic_from_attribute");
            own.Leave("message_key_from_metadata_key", "Rotel takes keys from trace ids and resources", "See partition_traces_by_id");
        }

        MigrateEncoding(section, encodings, group, context);
        ClientSettings.CopyText(section, "topic_from_attribute", group, "topic_from_attribute");
        foreach (var row in (string[])["partition_traces_by_id", "partition_metrics_by_resource_attributes", "partition_logs_by_resource_attributes"])
            ClientSettings.CopyText(section, row, group, row);
        MigrateProducer(section.Section("producer"), group);
        MigrateSecurity(section, group);
        section.Ignore("protocol_version", "resolve_canonical_bootstrap_servers_only", "metadata", "use_leader_epoch", "conn_idle_timeout");
        section.Differ("include_metadata_keys", "name them in headers_from_metadata and in the receiver's headers_to_include for the same");
        ClientSettings.MigrateDelivery(section, group, context);
    }

    private static void MigrateEncoding(CollectorSection section, HashSet<string> encodings, MigratedGroup group, CollectorContext context)
    {
        if (encodings.SetEquals(["otlp_json"]))
            group.Set("format", "json", section.PlaceOf("encoding"));
        else if (!encodings.SetEquals(["otlp_proto"]))
            context.Report.Leave(section.PlaceOf("encoding"), $"Rotel writes OTLP as protobuf or JSON, one of them per exporter, and not {string.Join(", ", encodings)}", "Set format, or use an exporter per encoding");
    }

    private static void MigrateProducer(CollectorSection producer, MigratedGroup group)
    {
        ClientSettings.CopyText(producer, "max_message_bytes", group, "max_message_bytes");
        ClientSettings.CopyText(producer, "compression", group, "compression");
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
            ClientSettings.CopyText(from, "username", group, "sasl_username");
            ClientSettings.CopyText(from, "password", group, "sasl_password");
            var mechanism = sasl.Word("mechanism")?.ToUpperInvariant() switch
            {
                "SCRAM-SHA-256" => "scram_sha256",
                "SCRAM-SHA-512" => "scram_sha512",
                null or "PLAIN" => "plain",
                _ => null,
            };
            if (mechanism is null)
                sasl.Leave("mechanism", "Rotel knows PLAIN, SCRAM and, in code, OAUTHBEARER", "Set kafka.Security.OAuthBearerToken in code");
            else
                group.Set("sasl_mechanism", mechanism, from.PlaceOf("mechanism"));
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
        ClientSettings.CopyText(tls, "ca_file", group, "ssl_ca_location");
        ClientSettings.CopyText(tls, "cert_file", group, "ssl_certificate_location");
        ClientSettings.CopyText(tls, "key_file", group, "ssl_key_location");
        tls.Ignore("insecure");
        auth.Leave("kerberos", "Rotel has no setting for Kerberos", "Set librdkafka's properties in custom_config, with a librdkafka that has GSSAPI");
    }
}
