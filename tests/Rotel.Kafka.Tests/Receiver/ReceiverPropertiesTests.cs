using Rotel.Settings;

namespace Rotel.Kafka.Receiver;

/// <summary>Every row of the receiver does something: a property of librdkafka's, or something that looks different.</summary>
public class ReceiverPropertiesTests
{
    /// <summary>A row, a text for it, and the property that must change, with its value.</summary>
    private static readonly (string Row, string Text, string Property, string Value)[] Properties =
    [
        ("brokers", "a:1,b:2", "bootstrap.servers", "a:1,b:2"),
        ("client_id", "me", "client.id", "me"),
        ("group_id", "g", "group.id", "g"),
        ("enable_auto_commit", "true", "enable.auto.offset.store", "true"),
        ("auto_commit_interval_ms", "123", "auto.commit.interval.ms", "123"),
        ("auto_offset_reset", "error", "auto.offset.reset", "error"),
        ("session_timeout_ms", "12345", "session.timeout.ms", "12345"),
        ("heartbeat_interval_ms", "123", "heartbeat.interval.ms", "123"),
        ("max_poll_interval_ms", "123456", "max.poll.interval.ms", "123456"),
        ("max_partition_fetch_bytes", "123", "max.partition.fetch.bytes", "123"),
        ("fetch_min_bytes", "123", "fetch.min.bytes", "123"),
        ("fetch_max_wait_ms", "123", "fetch.wait.max.ms", "123"),
        ("socket_timeout_ms", "1234", "socket.timeout.ms", "1234"),
        ("metadata_max_age_ms", "1234", "topic.metadata.refresh.interval.ms", "1234"),
        ("isolation_level", "read-uncommitted", "isolation.level", "read_uncommitted"),
        ("enable_partition_eof", "true", "enable.partition.eof", "true"),
        ("check_crcs", "false", "check.crcs", "false"),
        ("headers_to_include", "tenant", "dotnet.consumer.consume.result.fields", "topic,headers"),
        ("dead_letter_topic", "dead", "dotnet.consumer.consume.result.fields", "topic,headers"),
        ("security_protocol", "sasl_ssl", "security.protocol", "sasl_ssl"),
        ("sasl_username", "me", "sasl.username", "me"),
        ("sasl_password", "secret", "sasl.password", "secret"),
        ("sasl_mechanism", "scram_sha256", "sasl.mechanism", "SCRAM-SHA-256"),
        ("ssl_ca_location", "/ca", "ssl.ca.location", "/ca"),
        ("ssl_certificate_location", "/cert", "ssl.certificate.location", "/cert"),
        ("ssl_key_location", "/key", "ssl.key.location", "/key"),
        ("ssl_key_password", "secret", "ssl.key.password", "secret"),
        ("custom_config", "debug=cgrp", "debug", "cgrp"),
    ];

    /// <summary>A row, a text for it, what it is for, and how that looks with it. What is done with that, other tests show.</summary>
    private static readonly (string Row, string Text, Func<KafkaReceiverOptions, object?> Look, object Expected)[] Ours =
    [
        ("traces", "true", options => string.Join(',', new TopicSignals(options).Subscription), "otlp_traces"),
        ("metrics", "true", options => string.Join(',', new TopicSignals(options).Subscription), "otlp_metrics"),
        ("logs", "true", options => string.Join(',', new TopicSignals(options).Subscription), "otlp_logs"),
        ("traces_topic", "t", options => With(options, o => o.Traces = true), "t"),
        ("metrics_topic", "m", options => With(options, o => o.Metrics = true), "m"),
        ("logs_topic", "l", options => With(options, o => o.Logs = true), "l"),

        // KafkaReceiverTests.Receive_ThreeSignals_DeliversWhatWasSentAndCommitsIt
        ("format", "json", options => options.Format, KafkaFormat.Json),
        ("disable_exporter_indefinite_retry", "true", options => new KafkaReceiverType().NeedsEndlessRetry((object)options), false),
        ("acknowledgement", "durable", options => new KafkaReceiverType().EndsWhenDurable((object)options), true),
    ];

    public static TheoryData<string> AllProperties => [.. Properties.Select(property => property.Row)];

    public static TheoryData<string> AllOurs => [.. Ours.Select(ours => ours.Row)];

    [Theory]
    [MemberData(nameof(AllProperties))]
    public void Row_OfLibrdkafka_ReachesIt(string row)
    {
        var (_, text, property, value) = Assert.Single(Properties, candidate => candidate.Row == row);
        var options = new KafkaReceiverOptions();
        Assert.NotEqual(value, ReceiverProperties.Consumer(options, 1 << 20).Find(property));

        Assert.Null(RowOf(row).Apply(options, text));

        Assert.Equal(value, ReceiverProperties.Consumer(options, 1 << 20).Find(property));
    }

    [Theory]
    [MemberData(nameof(AllOurs))]
    public void Row_OfOurs_IsLookedAt(string row)
    {
        var (_, text, look, expected) = Assert.Single(Ours, candidate => candidate.Row == row);
        var options = new KafkaReceiverOptions();
        Assert.NotEqual(expected, look(options));

        Assert.Null(RowOf(row).Apply(options, text));

        Assert.Equal(expected, look(options));
    }

    [Fact]
    public void Rows_All_HaveAnEffectThatIsTried() => Assert.Equal(
        new KafkaReceiverType().Settings.Select(row => row.Name).Order(),
        Properties.Select(property => property.Row).Concat(Ours.Select(ours => ours.Row)).Order());

    [Theory]
    [InlineData(1L << 20)]
    [InlineData(4L << 20)]
    [InlineData(256L << 20)]
    [InlineData(1L << 40)]
    public void PrefetchBytes_AnyBudget_LeavesMostOfItToRecords(long budget) =>
        Assert.InRange(ReceiverProperties.PrefetchBytes(budget), 4096, Math.Min(budget / 4, 64 << 20));

    private static Setting RowOf(string name) => Assert.Single(new KafkaReceiverType().Settings, row => row.Name == name);

    private static string With(KafkaReceiverOptions options, Action<KafkaReceiverOptions> configure)
    {
        configure(options);
        return string.Join(',', new TopicSignals(options).Subscription);
    }
}
