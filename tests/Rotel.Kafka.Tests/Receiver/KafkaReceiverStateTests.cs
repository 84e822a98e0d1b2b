using Confluent.Kafka;
using Rotel.Engine;
using Rotel.Kafka.TestKit;
using Rotel.Kafka.TestKit.Simulator;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Kafka.Receiver;

/// <summary>Where it begins, what it says of itself, and what must not stop it for ever.</summary>
public sealed class KafkaReceiverStateTests : IDisposable
{
    private readonly KafkaCluster _cluster = KafkaCluster.Start();
    private readonly string _group;

    public KafkaReceiverStateTests() => _group = _cluster.NameOf("group");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Begin_AtTheEndOfPartitionsNeverCommitted_IsCommittedBeforeAnythingIsRead()
    {
        var topic = await _cluster.CreateTopicAsync("traces", partitions: 2);
        await _cluster.Probe.ProduceAsync(
            topic, Enumerable.Range(0, 3).Select(i => new ProbeRecord(TraceBody.Of(1, $"old{i}."), null, 0)), cancellation: Token);
        await using (var first = await new ReceiverBench(FromTheEnd(topic)).StartAsync())
            await _cluster.Faults.CommittedAsync(_group, topic, 0, 3, Token);

        // Nobody is there to read it, as after a crash before the first commit.
        await ProduceAsync(topic, "new", 5);
        await using var second = await new ReceiverBench(FromTheEnd(topic)).StartAsync();

        await second.DeliveredAsync(5);
        Assert.Equal(
            new[] { (0, 3L), (1, 0L) },
            _cluster.Faults.Commits.Take(2).Select(commit => (commit.Partition, commit.Offset)).Order());
        Assert.All(second.DeliveredSpans, span => Assert.StartsWith("new", span, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Begin_BrokersDoNotSay_IsAsKafkaDoesAndSaid()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        var options = FromTheEnd(topic);
        options.MaxPollInterval = options.SessionTimeout;
        _cluster.Faults.PushErrorRtts(1, KafkaApi.ListOffsets, (ErrorCode.NoError, TimeSpan.FromSeconds(2)));
        await using var bench = await new ReceiverBench(options).StartAsync();

        await bench.LoggedAsync(2116);
        await _cluster.Faults.RequestsAsync(KafkaApi.Fetch, 1, Token);
        await ProduceAsync(topic, "new", 5);

        await bench.DeliveredAsync(5);
    }

    [Fact]
    public async Task Receive_SmallestBudget_HasRoom()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 200, padding: 5000);
        await using var bench = new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic), budget: 1 << 20, queueBytes: 256 << 10);
        await bench.StartAsync();

        await bench.DeliveredAsync(200);
    }

    [Fact]
    public async Task Dispose_WithoutStop_CommitsAndLeaves()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 5);
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.AutoCommitInterval = TimeSpan.FromMinutes(5);
        await using var bench = await new ReceiverBench(options).StartAsync();
        await bench.DeliveredAsync(5);

        await bench.DisposeReceiverAsync();

        Assert.Equal(5, _cluster.Probe.Committed(_group, topic)[0]);
    }

    [Fact]
    public async Task Receive_LoggerFailsWhenItIsToldOfAFailure_StartsAgain()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 5);
        using var logs = new LogRecorder();
        await using var bench = new ReceiverBench(
            ReceiverBench.Options(_cluster, _group, topic), logger: new FailingLogger(logs.CreateLogger("kafka"), 2101, 2110));
        await bench.StartAsync();

        await bench.DeliveredAsync(5);
    }

    [Fact]
    public async Task Receive_RecordTooLargeForTheDeadLetterTopic_IsPassedBy()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.DeadLetterTopic = await _cluster.CreateTopicAsync("dead");
        await _cluster.Probe.ProduceAsync(topic, [new("bad"), new(TraceBody.Of(1, "good"))], cancellation: Token);
        _cluster.Faults.PushRequestErrors(KafkaApi.Produce, ErrorCode.MsgSizeTooLarge);
        await using var bench = await new ReceiverBench(options).StartAsync();

        await bench.LoggedAsync(2118);

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        Assert.DoesNotContain(bench.Logs.Lines, line => line.EventId is 2106 or 2107);
    }

    [Fact]
    public async Task Receive_WhatWasGivenUpIsDeleted_SaysSoAndGoesOn()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 1);
        var isDeleted = false;
        await using var bench = new ReceiverBench(
            ReceiverBench.Options(_cluster, _group, topic),
            _ => new(Volatile.Read(ref isDeleted) ? ExportOutcome.Delivered() : ExportOutcome.Retry("down")),
            retryFor: TimeSpan.FromMilliseconds(1));
        await bench.StartAsync();
        await bench.LoggedAsync(2107);

        // More than a simulated partition keeps.
        await ProduceAsync(topic, "b", 70, padding: 100_000);
        Volatile.Write(ref isDeleted, true);

        await bench.LoggedAsync(2117);
        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        Assert.Contains("b69.0", bench.DeliveredSpans);
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task Problem_BeforeTheGroupIsJoined_IsThat(string protocol)
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        var options = ReceiverBench.Options(_cluster, _group, topic);
        if (protocol == "consumer")
        {
            options.CustomConfig["group.protocol"] = protocol;
            _cluster.Faults.SetGroupTimes(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
        }

        await using var bench = new ReceiverBench(options);
        Assert.Equal(protocol == "classic", bench.Problem?.Contains("has not joined", StringComparison.Ordinal) == true);
        await bench.StartAsync();
        await bench.UntilAsync(bench => bench.Problem is null, "no problem");

        // One partition is enough for one member; the other is well all the same.
        await using var spare = await new ReceiverBench(options).StartAsync();
        await spare.UntilAsync(bench => bench.Problem is null, "no problem");
    }

    [Fact]
    public async Task Problem_OneTopicOfTwoIsNotThere_StaysUntilItIs()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        var missing = await _cluster.CreateTopicAsync("missing");
        _cluster.Faults.SetTopicError(missing, ErrorCode.UnknownTopicOrPart);
        await using var bench = await new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic, missing)).StartAsync();
        await bench.LoggedAsync(2109);
        await ProduceAsync(topic, "a", 3);
        await bench.DeliveredAsync(3);
        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);

        await bench.UntilAsync(bench => bench.Problem?.Contains(missing, StringComparison.Ordinal) == true, "the topic that is missing");
        _cluster.Faults.SetTopicError(missing, ErrorCode.NoError);

        await bench.UntilAsync(bench => bench.Problem is null, "no problem");
    }

    [Fact]
    public async Task Problem_ProcessorThrowsAgainAndAgain_IsSaidUntilItDoesNot()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 3);
        var processor = new FailingProcessor { Fails = true };
        await using var bench = new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic), processors: [processor]);
        await bench.StartAsync();
        await bench.UntilAsync(bench => bench.Problem?.Contains("again and again", StringComparison.Ordinal) == true, "the problem");
        await bench.LoggedAsync(2111);

        processor.Fails = false;

        await bench.DeliveredAsync(3);
        await bench.UntilAsync(bench => bench.Problem is null, "no problem");
    }

    private KafkaReceiverOptions FromTheEnd(string topic)
    {
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.AutoOffsetReset = KafkaAutoOffsetReset.Latest;
        options.AutoCommitInterval = TimeSpan.FromMinutes(5);
        return options;
    }

    private async Task ProduceAsync(string topic, string prefix, int records, int padding = 0) => await _cluster.Probe.ProduceAsync(
        topic, Enumerable.Range(0, records).Select(i => new ProbeRecord(TraceBody.Of(1, $"{prefix}{i}.", padding))), cancellation: Token);

    private sealed class FailingProcessor : IPayloadProcessor
    {
        private volatile bool _fails;

        public bool Fails
        {
            get => _fails;
            set => _fails = value;
        }

        public OtlpPayload Process(OtlpPayload payload) =>
            _fails ? throw new InvalidOperationException("The processor fails.") : payload;
    }
}
