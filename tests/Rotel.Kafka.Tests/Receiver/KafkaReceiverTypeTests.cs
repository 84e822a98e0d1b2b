using Rotel.Exporters.Tests;
using Rotel.Otlp;

namespace Rotel.Kafka.Receiver;

public class KafkaReceiverTypeTests
{
    private readonly KafkaReceiverType _type = new();

    [Fact]
    public void Validate_OneSignalOn_IsRight() => Assert.Empty(ErrorsOf(_ => { }));

    [Fact]
    public void Validate_NothingOn_SaysWhatToSet()
    {
        var error = Assert.Single(ErrorsOf(options => options.Traces = false));

        Assert.StartsWith("traces: nothing is received", error, StringComparison.Ordinal);
        Assert.Contains("'metrics'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_AutoCommitAndFiniteRetry_AreRefusedTogether() => Assert.StartsWith(
        "disable_exporter_indefinite_retry: ",
        Assert.Single(ErrorsOf(options => (options.EnableAutoCommit, options.DisableExporterIndefiniteRetry) = (true, true))),
        StringComparison.Ordinal);

    [Fact]
    public void Validate_DurableAndWhatContradictsIt_AreRefusedTogether()
    {
        Assert.Empty(ErrorsOf(options => options.Acknowledgement = KafkaAcknowledgement.Durable));
        Assert.StartsWith(
            "acknowledgement: durable has no meaning with 'enable_auto_commit'",
            Assert.Single(ErrorsOf(options => (options.Acknowledgement, options.EnableAutoCommit) = (KafkaAcknowledgement.Durable, true))),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "disable_exporter_indefinite_retry: has no meaning with durable in 'acknowledgement'",
            Assert.Single(ErrorsOf(options =>
                (options.Acknowledgement, options.DisableExporterIndefiniteRetry) = (KafkaAcknowledgement.Durable, true))),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "acknowledgement: expected one of delivered, durable",
            Assert.Single(ErrorsOf(options => options.Acknowledgement = (KafkaAcknowledgement)7)),
            StringComparison.Ordinal);
    }

    /// <summary>What is on disk is committed: exporters need not hold on to it for ever.</summary>
    [Fact]
    public void NeedsEndlessRetry_Durable_IsNotAsked()
    {
        Assert.True(_type.NeedsEndlessRetry(new KafkaReceiverOptions { Traces = true }));
        Assert.False(_type.NeedsEndlessRetry(new KafkaReceiverOptions { Traces = true, Acknowledgement = KafkaAcknowledgement.Durable }));
    }

    [Theory]
    [InlineData("otlp_metrics", "otlp_metrics", "metrics_topic: names 'otlp_metrics', as 'traces_topic' does")]
    [InlineData("^a", "^a", "metrics_topic: names '^a', as 'traces_topic' does")]
    [InlineData("^a", "a", null)]
    [InlineData("a b", "m", "traces_topic: the name of a topic is made of")]
    [InlineData("^(", "m", "traces_topic: '^(' is not a regular expression")]
    [InlineData(@"^(a)\1", "m", @"traces_topic: '^(a)\1' is not a regular expression")]
    public void Validate_Topics_AreOfOneSignalAndReadable(string traces, string metrics, string? error)
    {
        var errors = ErrorsOf(options =>
        {
            options.Metrics = true;
            (options.TracesTopics[0], options.MetricsTopics[0]) = (traces, metrics);
        });

        if (error is null)
            Assert.Empty(errors);
        else
            Assert.StartsWith(error, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TopicOfASignalThatIsOff_IsNotLookedAt() =>
        Assert.Empty(ErrorsOf(options => options.MetricsTopics[0] = options.TracesTopics[0]));

    [Theory]
    [InlineData("otlp_traces")]
    [InlineData("dead_traces")]
    public void Validate_DeadLettersThatWouldBeReadAgain_AreRefused(string topic)
    {
        var errors = ErrorsOf(options =>
        {
            options.TracesTopics.Add("^dead_");
            options.DeadLetterTopic = topic;
        });

        Assert.StartsWith("dead_letter_topic: is one of the topics of 'traces_topic'", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Times_AreHeldAgainstEachOther()
    {
        var errors = ErrorsOf(options =>
        {
            options.HeartbeatInterval = TimeSpan.FromSeconds(30);
            options.MaxPollInterval = TimeSpan.FromSeconds(29);
            options.AutoCommitInterval = TimeSpan.Zero;
            options.SocketTimeout = TimeSpan.FromTicks(1_234_567);
        });

        Assert.Equal(
            ["auto_commit_interval_ms", "heartbeat_interval_ms", "max_poll_interval_ms", "socket_timeout_ms"],
            errors.Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]).Order());
    }

    [Fact]
    public void Validate_BrokersDecideAboutTheGroup_LeavesOutWhatTheyDecide()
    {
        Assert.Empty(ErrorsOf(options => options.CustomConfig["group.protocol"] = "consumer"));

        var errors = ErrorsOf(options =>
        {
            options.CustomConfig["group.protocol"] = "consumer";
            options.SessionTimeout = TimeSpan.FromSeconds(10);
        });
        Assert.StartsWith("session_timeout_ms: is the brokers' to decide", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enable.auto.offset.store", "true")]
    [InlineData("no.such.property", "1")]
    [InlineData("check.crcs", "perhaps")]
    public void Validate_CustomConfig_IsJudgedByLibrdkafka(string property, string value) => Assert.StartsWith(
        "custom_config: ", Assert.Single(ErrorsOf(options => options.CustomConfig[property] = value)), StringComparison.Ordinal);

    /// <summary>librdkafka accepts the limits that we accept.</summary>
    [Fact]
    public void Validate_ExtremeValues_AreLibrdkafkasToo()
    {
        Assert.Empty(ErrorsOf(options =>
        {
            options.MaxPartitionFetchBytes = 1_000_000_000;
            options.FetchMinBytes = 100_000_000;
            options.FetchMaxWait = TimeSpan.FromMinutes(5);
            options.SocketTimeout = TimeSpan.FromMinutes(5);
            options.MetadataMaxAge = TimeSpan.FromHours(1);
            options.MaxPollInterval = TimeSpan.FromDays(1);
            options.SessionTimeout = TimeSpan.FromHours(1);
            options.AutoCommitInterval = TimeSpan.FromDays(1);
        }));
        Assert.Empty(ErrorsOf(options =>
        {
            options.MaxPartitionFetchBytes = 1;
            options.FetchMaxWait = TimeSpan.Zero;
            options.SocketTimeout = TimeSpan.FromMilliseconds(10);
            options.MetadataMaxAge = TimeSpan.FromMilliseconds(1);
            options.AutoCommitInterval = TimeSpan.FromMilliseconds(1);
        }));
    }

    [Fact]
    public void Settings_AllRows_ReadWhatTheyShow()
    {
        var options = new KafkaReceiverOptions();
        foreach (var row in _type.Settings)
        {
            if (row.Show(options) is { } shown)
                Assert.Null(row.Apply(options, shown));
        }

        foreach (var (name, text) in new[]
        {
            ("bootstrap_servers", "a:1, b:2"), ("traces", "true"), ("traces_topic", "x,^y.*"), ("format", "json"), ("group_id", "g"),
            ("enable_auto_commit", "true"), ("auto_commit_interval_ms", "100"), ("auto_offset_reset", "earliest"),
            ("isolation_level", "read-uncommitted"), ("headers_to_include", "Tenant"), ("dead_letter_topic", "dead"),
            ("security_protocol", "sasl-ssl"), ("custom_config", "debug=cgrp"),
        })
        {
            var row = Assert.Single(_type.Settings, row => row.Name == name || row.Aliases.Contains(name));
            Assert.Null(row.Apply(options, text));
        }

        Assert.Equal(["a:1", "b:2"], options.Brokers);
        Assert.Equal(["x", "^y.*"], options.TracesTopics);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.AutoCommitInterval);
        Assert.Equal(KafkaIsolationLevel.ReadUncommitted, options.IsolationLevel);
        Assert.Equal("dead", options.DeadLetterTopic);
        Assert.Equal(["tenant"], _type.MetadataOf(options));
        Assert.Equal([OtlpSignal.Traces], _type.SignalsOf(options));
        Assert.False(_type.NeedsEndlessRetry(options));
        Assert.True(_type.NeedsEndlessRetry(new KafkaReceiverOptions()));
    }

    private List<string> ErrorsOf(Action<KafkaReceiverOptions> configure)
    {
        var options = new KafkaReceiverOptions { Traces = true };
        configure(options);
        var errors = new CollectedErrors();
        _type.Validate(options, errors);
        return errors.All;
    }
}
