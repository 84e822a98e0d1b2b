using Rotel.Exporters.Tests;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Kafka.Exporter;

public sealed class KafkaExporterTypeTests
{
    private readonly KafkaExporterType _type = new();

    [Theory]
    [InlineData("brokers", "a:1, [::1]:9093,c", "a:1,[::1]:9093,c")]
    [InlineData("traces_topic", "t", "t")]
    [InlineData("format", "JSON", "json")]
    [InlineData("compression", "zstd", "zstd")]
    [InlineData("acks", "One", "one")]
    [InlineData("idempotent", "false", "false")]
    [InlineData("linger_ms", "20", "20")]
    [InlineData("retry_backoff_max_ms", "2000", "2000")]
    [InlineData("message_timeout_ms", "0", "0")]
    [InlineData("partitioner", "murmur2-random", "murmur2_random")]
    [InlineData("partitioner", "fnv1a", "fnv1a")]
    [InlineData("sasl_mechanism", "SCRAM-SHA-256", "scram_sha256")]
    [InlineData("sasl_mechanism", "scram-sha512", "scram_sha512")]
    [InlineData("sasl_mechanism", "OAUTHBEARER", "oauth_bearer")]
    [InlineData("security_protocol", "SASL_SSL", "sasl_ssl")]
    [InlineData("security_protocol", "sasl-plaintext", "sasl_plaintext")]
    [InlineData("record_headers", "a=1,b=2", "a=1,b=2")]
    [InlineData("headers_from_metadata", "x-tenant", "x-tenant")]
    public void Setting_Text_ReadsAndShows(string name, string text, string shown)
    {
        var options = new KafkaExporterOptions();
        var setting = Row(name);

        Assert.Null(setting.Apply(options, text));
        Assert.Equal(shown, setting.Show(options));
    }

    [Theory]
    [InlineData("linger_ms", "5ms")]
    [InlineData("message_timeout_ms", "-1")]
    [InlineData("acks", "2")]
    [InlineData("max_message_bytes", "many")]
    [InlineData("custom_config", "novalue")]
    public void Setting_WrongText_IsRefused(string name, string text) => Assert.NotNull(Row(name).Apply(new KafkaExporterOptions(), text));

    [Fact]
    public void Setting_RequestTimeoutInMilliseconds_IsTheSharedOne()
    {
        var options = new KafkaExporterOptions();
        var before = options.RequestTimeout;

        Row("request_timeout_ms").Apply(options, "1500");

        Assert.Equal(TimeSpan.FromSeconds(30), before);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.RequestTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.RequestTimeoutFor(OtlpSignal.Traces));
    }

    [Theory]
    [InlineData("bootstrap_servers", "brokers")]
    [InlineData("partitioner_metrics_by_resource_attributes", "partition_metrics_by_resource_attributes")]
    [InlineData("partitioner_logs_by_resource_attributes", "partition_logs_by_resource_attributes")]
    public void Setting_MisspeltInTheReference_IsAnAlias(string alias, string name) => Assert.Contains(alias, Row(name).Aliases);

    [Theory]
    [InlineData("sasl_password")]
    [InlineData("ssl_key_password")]
    [InlineData("custom_config")]
    public void Setting_Secret_IsMasked(string name)
    {
        var options = new KafkaExporterOptions();

        Row(name).Apply(options, "sasl.password=canary");

        Assert.True(Row(name).IsSecret);
        Assert.DoesNotContain("canary", Row(name).Display(options), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Unset_AreThoseOfTheDocumentation()
    {
        var properties = ProducerProperties.Of(new KafkaExporterOptions(), 256 << 20);

        Assert.Equal("localhost:9092", properties.Find("bootstrap.servers"));
        Assert.Equal("rotel", properties.Find("client.id"));
        Assert.Equal("all", properties.Find("acks"));
        Assert.Equal("true", properties.Find("enable.idempotence"));
        Assert.Equal("1000000", properties.Find("message.max.bytes"));
        Assert.Equal("5", properties.Find("linger.ms"));
        Assert.Equal("2147483647", properties.Find("retries"));
        Assert.Equal("100", properties.Find("retry.backoff.ms"));
        Assert.Equal("1000", properties.Find("retry.backoff.max.ms"));
        Assert.Equal("300000", properties.Find("message.timeout.ms"));
        Assert.Equal("30000", properties.Find("request.timeout.ms"));
        Assert.Equal("1000000", properties.Find("batch.size"));
        Assert.Equal("consistent_random", properties.Find("partitioner"));
        Assert.Equal("none", properties.Find("compression.type"));
        Assert.Equal("plaintext", properties.Find("security.protocol"));
        Assert.Null(properties.Find("sasl.mechanism"));
        Assert.Empty(Errors(_ => { }));
    }

    [Fact]
    public void Properties_CustomConfig_ComesLast()
    {
        var options = new KafkaExporterOptions();
        options.CustomConfig["linger.ms"] = "77";
        options.CustomConfig["acks"] = "1";

        var properties = ProducerProperties.Of(options, 256 << 20);

        Assert.Equal("77", properties.Find("linger.ms"));
        Assert.Equal("1", properties.Find("acks"));

        // Which would not go together with it.
        Assert.Equal("false", properties.Find("enable.idempotence"));
    }

    [Theory]
    [InlineData(KafkaAcks.All, int.MaxValue, null, true)]
    [InlineData(KafkaAcks.All, 0, null, false)]
    [InlineData(KafkaAcks.One, int.MaxValue, null, false)]
    [InlineData(KafkaAcks.All, int.MaxValue, false, false)]
    public void Properties_Idempotent_FollowsAcksAndRetries(KafkaAcks acks, int retries, bool? set, bool expected) =>
        Assert.Equal(
            expected, ProducerProperties.IsIdempotent(new KafkaExporterOptions { Acks = acks, Retries = retries, Idempotent = set }));

    [Fact]
    public void Properties_LittleMemory_QueueHoldsARecordStill()
    {
        var small = ProducerProperties.Of(new KafkaExporterOptions { MaxMessageBytes = 8_000_000 }, 1 << 20);
        var large = ProducerProperties.Of(new KafkaExporterOptions(), 256 << 20);

        Assert.True(int.Parse(small.Find("queue.buffering.max.kbytes")!) > 8_000_000 / 1024);
        Assert.Equal("65537", large.Find("queue.buffering.max.kbytes"));
    }

    [Fact]
    public void Validate_AllWrongAtOnce_NamesEach()
    {
        var errors = Errors(options =>
        {
            options.Brokers.Add("http://kafka:9092");
            options.TracesTopic = "no spaces";
            options.MetricsTopic = "..";
            options.LogsTopic = new string('x', 250);
            options.MaxMessageBytes = 999;
            options.BatchSize = 0;
            options.Retries = -1;
            options.Linger = TimeSpan.FromTicks(1);
            options.RetryBackoff = TimeSpan.Zero;
            options.MessageTimeout = TimeSpan.FromMilliseconds(-1);
            options.RequestTimeout = TimeSpan.FromHours(1);
            options.Acks = KafkaAcks.One;
            options.Idempotent = true;
            options.Partitioner = (KafkaPartitioner)99;
            options.RecordHeaders[""] = "x";
            options.HeadersFromMetadata.Add("no header");
            options.ClientId = " ";
        });

        foreach (var setting in (string[])
            [
                "brokers", "traces_topic", "metrics_topic", "logs_topic", "max_message_bytes", "batch_size", "retries", "linger_ms",
                "retry_backoff_ms", "message_timeout_ms", "request_timeout", "idempotent", "partitioner", "record_headers",
                "headers_from_metadata", "client_id",
            ])
        {
            Assert.Contains(errors, error => error.StartsWith($"{setting}: ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("kafka:0")]
    [InlineData("kafka:99999")]
    [InlineData("kafka:")]
    [InlineData(":9092")]
    [InlineData("::1:9092")]
    [InlineData("[kafka]:9092")]
    [InlineData("ka fka:9092")]
    [InlineData("")]
    public void Validate_BrokerThatCannotBe_IsAnError(string broker) =>
        Assert.StartsWith("brokers: ", Assert.Single(Errors(options => options.Brokers.Add(broker))), StringComparison.Ordinal);

    [Theory]
    [InlineData("kafka")]
    [InlineData("kafka-1.example.com:9092")]
    [InlineData("10.0.0.1:9092")]
    [InlineData("[2001:db8::1]:9092")]
    public void Validate_Broker_IsTaken(string broker) => Assert.Empty(Errors(options => options.Brokers.Add(broker)));

    private List<string> Errors(Action<KafkaExporterOptions> configure)
    {
        var options = new KafkaExporterOptions();
        configure(options);
        var errors = new CollectedErrors();
        _type.Validate(options, [OtlpSignal.Traces], errors);
        return errors.All;
    }

    private Setting Row(string name) => _type.Settings.Single(setting => setting.Name == name);
}
