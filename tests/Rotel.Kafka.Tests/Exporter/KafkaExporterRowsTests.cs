using Rotel.Kafka.Records;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Kafka.Exporter;

/// <summary>Every row of the exporter has an effect: a new one without fails here.</summary>
public sealed class KafkaExporterRowsTests
{
    /// <summary>What is set, and the property of librdkafka that says so.</summary>
    private static readonly Dictionary<string, (string Text, string Property, string Value)> ClientRows = new()
    {
        ["brokers"] = ("a:1,b:2", "bootstrap.servers", "a:1,b:2"),
        ["client_id"] = ("edge", "client.id", "edge"),
        ["compression"] = ("zstd", "compression.type", "zstd"),
        ["acks"] = ("one", "acks", "1"),
        ["idempotent"] = ("false", "enable.idempotence", "false"),
        ["max_message_bytes"] = ("12345", "message.max.bytes", "12345"),
        ["linger_ms"] = ("17", "linger.ms", "17"),
        ["batch_size"] = ("4321", "batch.size", "4321"),
        ["retries"] = ("7", "retries", "7"),
        ["retry_backoff_ms"] = ("11", "retry.backoff.ms", "11"),
        ["retry_backoff_max_ms"] = ("2222", "retry.backoff.max.ms", "2222"),
        ["message_timeout_ms"] = ("33333", "message.timeout.ms", "33333"),
        ["request_timeout_ms"] = ("4444", "request.timeout.ms", "4444"),
        ["partitioner"] = ("murmur2", "partitioner", "murmur2"),
        ["security_protocol"] = ("sasl_ssl", "security.protocol", "sasl_ssl"),
        ["sasl_mechanism"] = ("scram_sha512", "sasl.mechanism", "SCRAM-SHA-512"),
        ["sasl_username"] = ("otel", "sasl.username", "otel"),
        ["sasl_password"] = ("canary", "sasl.password", "canary"),
        ["ssl_ca_location"] = ("/ca.pem", "ssl.ca.location", "/ca.pem"),
        ["ssl_certificate_location"] = ("/own.pem", "ssl.certificate.location", "/own.pem"),
        ["ssl_key_location"] = ("/own.key", "ssl.key.location", "/own.key"),
        ["ssl_key_password"] = ("canary", "ssl.key.password", "canary"),
        ["custom_config"] = ("socket.keepalive.enable=true", "socket.keepalive.enable", "true"),
    };

    /// <summary>What is set, and how batches are encoded then.</summary>
    private static readonly Dictionary<string, (string Text, Func<KafkaRecordEncoding, bool> IsSo)> EncodingRows = new()
    {
        ["traces_topic"] = ("mine", encoding => encoding.Topics[(int)OtlpSignal.Traces] == "mine"),
        ["metrics_topic"] = ("mine", encoding => encoding.Topics[(int)OtlpSignal.Metrics] == "mine"),
        ["logs_topic"] = ("mine", encoding => encoding.Topics[(int)OtlpSignal.Logs] == "mine"),
        ["topic_from_attribute"] = ("kafka.topic", encoding => encoding.TopicFromAttribute == "kafka.topic"),
        ["format"] = ("json", encoding => encoding.Format == KafkaFormat.Json),
        ["max_message_bytes"] = ("12345", encoding => encoding.MaxMessageBytes == 12345),
        ["partition_traces_by_id"] = ("true", encoding => encoding.PartitionsTracesById),
        ["partition_metrics_by_resource_attributes"] =
            ("true", encoding => encoding.PartitionedByResource.SetEquals([OtlpSignal.Metrics])),
        ["partition_logs_by_resource_attributes"] = ("true", encoding => encoding.PartitionedByResource.SetEquals([OtlpSignal.Logs])),
    };

    /// <summary>Rows whose effect <see cref="KafkaExporterTests"/> shows in records.</summary>
    private static readonly string[] HeaderRows = ["record_headers", "headers_from_metadata"];

    private readonly KafkaExporterType _type = new();

    [Fact]
    public void Settings_AllOfThem_HaveAnEffect() => Assert.Equal(
        _type.Settings.Select(row => row.Name).Order(StringComparer.Ordinal),
        ClientRows.Keys.Union(EncodingRows.Keys).Union(HeaderRows).Order(StringComparer.Ordinal));

    [Fact]
    public void Settings_OfTheClient_ReachIt()
    {
        foreach (var (name, (text, property, value)) in ClientRows)
        {
            var before = ProducerProperties.Of(new KafkaExporterOptions(), 256 << 20).Find(property);
            var after = ProducerProperties.Of(With(name, text), 256 << 20).Find(property);

            Assert.NotEqual(value, before);
            Assert.True(value == after, $"{name}: {property} is {after}");
        }
    }

    [Fact]
    public void Settings_OfRecords_ReachTheirEncoding()
    {
        foreach (var (name, (text, isSo)) in EncodingRows)
        {
            Assert.False(isSo(KafkaExporter.EncodingOf(new KafkaExporterOptions())), name);
            Assert.True(isSo(KafkaExporter.EncodingOf(With(name, text))), name);
        }
    }

    [Fact]
    public void RequestTimeout_InBothForms_IsWhatTheSharedOneSays()
    {
        var options = new KafkaExporterOptions();

        foreach (var row in Configuration.ConfiguredExporter.RowsOf(_type))
        {
            if (row.Name == "request_timeout_ms")
                Assert.Null(row.Apply(options, "1500"));
            else if (row.Name == SharedExporterSettings.RequestTimeout)
                Assert.Null(row.Apply(options, "7s"));
        }

        Assert.Equal(TimeSpan.FromSeconds(7), options.RequestTimeout);
    }

    [Fact]
    public void TopicFromAttribute_WaitsLessForTopicsThatAreNot()
    {
        const string Wait = "topic.metadata.propagation.max.ms";
        var named = With("topic_from_attribute", "kafka.topic");

        Assert.Null(ProducerProperties.Of(new KafkaExporterOptions(), 256 << 20).Find(Wait));
        Assert.Equal("5000", ProducerProperties.Of(named, 256 << 20).Find(Wait));
        named.CustomConfig[Wait] = "9000";
        Assert.Equal("9000", ProducerProperties.Of(named, 256 << 20).Find(Wait));
    }

    private KafkaExporterOptions With(string name, string text)
    {
        var options = new KafkaExporterOptions();
        Assert.Null(_type.Settings.Single(row => row.Name == name).Apply(options, text));
        return options;
    }
}
