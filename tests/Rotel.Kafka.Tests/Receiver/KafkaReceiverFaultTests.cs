using Confluent.Kafka;
using Rotel.Engine;
using Rotel.Kafka.TestKit;
using Rotel.Kafka.TestKit.Simulator;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Kafka.Receiver;

/// <summary>Brokers, groups and destinations that misbehave: everything produced is delivered, and what is committed was.</summary>
public sealed class KafkaReceiverFaultTests : IDisposable
{
    private readonly KafkaCluster _cluster = KafkaCluster.Start(brokers: 2);
    private readonly string _group;

    public KafkaReceiverFaultTests() => _group = _cluster.NameOf("group");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Receive_BrokersDownAndUp_LosesNothing()
    {
        var topic = await _cluster.CreateTopicAsync("traces", partitions: 2);
        await using var bench = await NewBench(topic).StartAsync();
        await ProduceAsync(topic, "a", 20);
        await bench.DeliveredAsync(20);

        _cluster.Faults.SetDown();
        await bench.UntilAsync(bench => bench.Problem is not null, "a problem");
        _cluster.Faults.SetUp();
        await ProduceAsync(topic, "b", 20);
        await bench.DeliveredAsync(40);

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        await bench.UntilAsync(bench => bench.Problem is null, "no problem");
    }

    [Fact]
    public async Task Start_BrokersAreAway_IsAProblemUntilTheyCome()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 3);
        _cluster.Faults.SetDown();
        await using var bench = await NewBench(topic).StartAsync();

        await bench.LoggedAsync(4151);
        await bench.UntilAsync(bench => bench.Problem is not null, "a problem");
        _cluster.Faults.SetUp();

        await bench.DeliveredAsync(3);
        await bench.UntilAsync(bench => bench.Problem is null, "no problem");
    }

    [Fact]
    public async Task Receive_TopicIsNotThere_IsAProblemUntilItIs()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        _cluster.Faults.SetTopicError(topic, ErrorCode.UnknownTopicOrPart);
        await using var bench = await NewBench(topic).StartAsync();

        await bench.LoggedAsync(2109);
        Assert.Contains(topic, bench.Problem, StringComparison.Ordinal);
        _cluster.Faults.SetTopicError(topic, ErrorCode.NoError);
        await ProduceAsync(topic, "a", 3);

        await bench.DeliveredAsync(3);
        Assert.Null(bench.Problem);
    }

    [Fact]
    public async Task Receive_LeaderChangesAndRequestsFail_LosesNothing()
    {
        var topic = await _cluster.CreateTopicAsync("traces", partitions: 2, replication: 2);
        await using var bench = await NewBench(topic).StartAsync();
        for (var round = 0; round < 4; round++)
        {
            _cluster.Faults.SetLeader(topic, 0, 1 + (round % 2));
            _cluster.Faults.SetLeader(topic, 1, 1 + ((round + 1) % 2));
            _cluster.Faults.PushRequestErrors(
                KafkaApi.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport, ErrorCode.Unknown, ErrorCode.KafkaStorageError);

            // Into both: the simulator refuses to commit an epoch older than its leader's, which a real coordinator does not look at.
            await _cluster.Probe.ProduceAsync(
                topic,
                Enumerable.Range(0, 10).Select(i => new ProbeRecord(TraceBody.Of(1, $"r{round}.{i}."), null, i % 2)),
                cancellation: Token);
            await bench.DeliveredAsync((round + 1) * 10);
        }

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
    }

    [Fact]
    public async Task Commit_IsSlow_RecordsFlowOn()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        _cluster.Faults.SetCoordinator(_group, 1);
        await ProduceAsync(topic, "a", 1);
        await using var bench = await NewBench(topic).StartAsync();
        await _cluster.Faults.CommittedAsync(_group, topic, 0, 1, Token);

        var slow = TimeSpan.FromSeconds(3);
        _cluster.Faults.PushErrorRtts(1, KafkaApi.OffsetCommit, (ErrorCode.NoError, slow));
        var commits = _cluster.Faults.RequestsOf(KafkaApi.OffsetCommit);
        await ProduceAsync(topic, "b", 1);
        await _cluster.Faults.RequestsAsync(KafkaApi.OffsetCommit, commits + 1, Token);
        var start = TimeProvider.System.GetTimestamp();
        await ProduceAsync(topic, "c", 10);
        await bench.DeliveredAsync(12);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < slow, "The records waited for the commit.");
        await _cluster.Faults.CommittedAsync(_group, topic, 0, 12, Token);
    }

    [Fact]
    public async Task Commit_Fails_IsSaidAndRepeated()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        _cluster.Faults.PushRequestErrors(KafkaApi.OffsetCommit, ErrorCode.TopicAuthorizationFailed, ErrorCode.OffsetMetadataTooLarge);
        await ProduceAsync(topic, "a", 5);
        await using var bench = await NewBench(topic).StartAsync();

        await bench.LoggedAsync(2108);

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
    }

    [Fact]
    public async Task Stop_BrokersAreDead_LeavesWithinTheDeadline()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 5);
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.AutoCommitInterval = TimeSpan.FromMinutes(5);
        await using var bench = await new ReceiverBench(options).StartAsync();
        await bench.DeliveredAsync(5);
        _cluster.Faults.SetRtt(KafkaSimulator.AllBrokers, TimeSpan.FromSeconds(50));
        var start = TimeProvider.System.GetTimestamp();

        await bench.StopAsync(closeFor: TimeSpan.FromSeconds(1));

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10), "It waited for the brokers.");
        await bench.LoggedAsync(2112);
    }

    /// <param name="eventId">In the handler of a rebalance, and between two records.</param>
    [Theory]
    [InlineData(2101)]
    [InlineData(2115)]
    public async Task Receive_LoopFails_StartsAgainWhereItWasCommitted(int eventId)
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 5);
        using var logs = new LogRecorder();
        await using var bench = new ReceiverBench(
            ReceiverBench.Options(_cluster, _group, topic), logger: new FailingLogger(logs.CreateLogger("kafka"), eventId));
        await bench.StartAsync();

        await bench.DeliveredAsync(5);

        await logs.UntilAsync(line => line.EventId == 2110, "the failure", Token);
        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        Assert.Null(bench.Problem);
        await bench.StopAsync();
        Assert.Equal(0, bench.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Receive_GroupForgotTheMember_ReadsAgainWhatIsNotCommitted()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 5);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic), async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        });
        await bench.StartAsync();
        await bench.Traces.UntilAsync(exporter => exporter.Attempts.Count > 0);

        _cluster.Faults.PushRequestErrors(KafkaApi.Heartbeat, ErrorCode.UnknownMemberId);
        await bench.LoggedAsync(2103);
        gate.SetResult();

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        Assert.Equal(5, bench.DeliveredSpans.Distinct().Count());
    }

    [Fact]
    public async Task Receive_DeadLetterTopicRefuses_SendsAgain()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        var dead = await _cluster.CreateTopicAsync("dead");
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.DeadLetterTopic = dead;
        await _cluster.Probe.ProduceAsync(topic, [new("bad"), new(TraceBody.Of(1, "good"))], cancellation: Token);
        _cluster.Faults.PushRequestErrors(KafkaApi.Produce, ErrorCode.InvalidRecord);
        await using var bench = await new ReceiverBench(options).StartAsync();

        await bench.LoggedAsync(2106);
        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);

        Assert.Equal("bad", Assert.Single(_cluster.Probe.Read(dead, Token)).Text);
        Assert.Equal(["good0"], bench.DeliveredSpans);
    }

    /// <summary>Stopped at any moment with nothing drained, as by a crash, and started again: what is committed was delivered.</summary>
    [Fact]
    public async Task Receive_StoppedAgainAndAgainUnderLoad_LosesNothing()
    {
        const int Records = 600;
        var random = new Random(FreshSeed.Value);
        var topic = await _cluster.CreateTopicAsync("traces", partitions: 3);
        await ProduceAsync(topic, "a", Records, padding: 500);
        var delivered = new List<string>();
        for (var round = 0; round < 6; round++)
        {
            await using var bench = new ReceiverBench(
                ReceiverBench.Options(_cluster, _group, topic), Unreliable(random), queueBytes: 30_000, batchItems: 3);
            await bench.StartAsync();
            await bench.DeliveredAsync(random.Next(1, 50));
            await bench.StopAsync(drainFor: TimeSpan.Zero);
            delivered.AddRange(bench.DeliveredSpans);
        }

        await using (var last = await NewBench(topic).StartAsync())
        {
            await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
            await last.StopAsync();
            delivered.AddRange(last.DeliveredSpans);
        }

        Assert.Equal(Records, delivered.Distinct().Count());
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{FreshSeed.Variable}={FreshSeed.Value}: {delivered.Count - Records} duplicates of {Records}");
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task Receive_MembersComeAndGoUnderLoad_LosesNothing(string protocol)
    {
        const int Records = 1500;
        var random = new Random(FreshSeed.Value);
        var topic = await _cluster.CreateTopicAsync("traces", partitions: 4);
        await using var first = await NewMember().StartAsync();
        var producing = ProduceSlowlyAsync(topic, Records);
        await first.DeliveredAsync(100);
        var others = new List<string>();
        for (var round = 0; round < 2; round++)
        {
            await using var other = await NewMember().StartAsync();
            await other.DeliveredAsync(20);
            await other.StopAsync();
            others.AddRange(other.DeliveredSpans);
        }

        await producing;
        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        await first.StopAsync();

        var delivered = first.DeliveredSpans.Concat(others).ToList();
        Assert.Equal(Records, delivered.Distinct().Count());
        Assert.DoesNotContain(first.Logs.Lines, line => line.EventId == 2110);
        TestContext.Current.TestOutputHelper?.WriteLine($"{delivered.Count - Records} duplicates of {Records}");
        _cluster.Simulator?.AssertNothingEvicted(topic);

        ReceiverBench NewMember()
        {
            var options = ReceiverBench.Options(_cluster, _group, topic);
            if (protocol == "consumer")
            {
                options.CustomConfig["group.protocol"] = protocol;
                options.SessionTimeout = new KafkaReceiverOptions().SessionTimeout;
                options.HeartbeatInterval = new KafkaReceiverOptions().HeartbeatInterval;
            }

            return new ReceiverBench(options, Unreliable(random));
        }
    }

    /// <summary>Delivers out of order and not at the first attempt.</summary>
    private static Func<ScriptedAttempt, ValueTask<ExportOutcome>> Unreliable(Random random) => async attempt =>
    {
        int draw;
        lock (random)
            draw = random.Next(30);
        await Task.Delay(TimeSpan.FromMilliseconds(draw), TimeProvider.System, attempt.CancellationToken);
        return draw % 5 == 0 ? ExportOutcome.Retry("busy") : ExportOutcome.Delivered();
    };

    private ReceiverBench NewBench(string topic) => new(ReceiverBench.Options(_cluster, _group, topic));

    private async Task ProduceAsync(string topic, string prefix, int records, int padding = 0) => await _cluster.Probe.ProduceAsync(
        topic, Enumerable.Range(0, records).Select(i => new ProbeRecord(TraceBody.Of(1, $"{prefix}{i}.", padding))), cancellation: Token);

    /// <summary>In many small portions, so that members come and go while there is something to read.</summary>
    private async Task ProduceSlowlyAsync(string topic, int records)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < records; i += 10)
        {
            await _cluster.Probe.ProduceAsync(
                topic,
                Enumerable.Range(i, 10).Select(n => new ProbeRecord(TraceBody.Of(1, $"a{n}."), null, n % 4)),
                cancellation: Token);
            await pace.WaitForNextTickAsync(Token);
        }
    }
}
