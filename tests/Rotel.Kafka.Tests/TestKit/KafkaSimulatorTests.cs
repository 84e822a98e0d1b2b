using Confluent.Kafka;
using Rotel.TestKit;

namespace Rotel.Kafka.TestKit.Simulator;

/// <summary>Each fault that a test can inject, as a plain client sees it, and what it leaves in the topic; limits that tests run into.</summary>
public sealed class KafkaSimulatorTests : IDisposable
{
    private const string Topic = "topic";

    private readonly KafkaSimulator _simulator = KafkaSimulator.Start(brokers: 2);
    private readonly KafkaProbe _probe;

    public KafkaSimulatorTests()
    {
        _simulator.CreateTopic(Topic, partitions: 1, replication: 2);
        _simulator.SetLeader(Topic, 0, 1);
        _probe = new KafkaProbe(_simulator.Bootstraps);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _probe.Dispose();
        _simulator.Dispose();
    }

    [Fact]
    public async Task Events_AreSeenAsTheyHappen()
    {
        await _probe.ProduceAsync(Topic, [new("a"), new("b")], cancellation: Cancellation);
        using var consumer = NewConsumer("group");
        consumer.Assign(new TopicPartition(Topic, 0));
        consumer.Commit([new TopicPartitionOffset(Topic, 0, 2)]);
        consumer.Commit([new TopicPartitionOffset(Topic, 0, 1)]);
        await _simulator.CommittedAsync("group", Topic, 0, 2, Cancellation);
        await _simulator.RequestsAsync(KafkaApi.Produce, 1, Cancellation);

        Assert.Equal(2, _simulator.Appends.Sum(append => append.Records));
        Assert.All(_simulator.Appends, append => Assert.Equal((1, Topic, 0), (append.Broker, append.Topic, append.Partition)));
        Assert.Equal([new("group", Topic, 0, 2), new("group", Topic, 0, 1)], _simulator.Commits);
        Assert.Equal(2, _simulator.RequestsOf(KafkaApi.OffsetCommit));
        Assert.Equal(0, _simulator.RequestsOf(KafkaApi.Produce, broker: 2));
    }

    [Fact]
    public async Task SetDown_StopsABroker_AndAfterSetUpItHasWhatItHad()
    {
        await _probe.ProduceAsync(Topic, [new("before")], cancellation: Cancellation);
        _simulator.SetDown(1);

        using var producer = NewProducer(config => config.MessageTimeoutMs = 500);
        var failure = await Assert.ThrowsAsync<ProduceException<Null, byte[]>>(
            () => producer.ProduceAsync(Topic, new() { Value = "lost"u8.ToArray() }, Cancellation));
        _simulator.SetUp(1);
        await _probe.ProduceAsync(Topic, [new("after")], cancellation: Cancellation);

        Assert.Equal(ErrorCode.Local_MsgTimedOut, failure.Error.Code);
        Assert.Equal(["before", "after"], _probe.Read(Topic, Cancellation).Select(record => record.Text));
    }

    [Fact]
    public async Task SetLeader_MovesAPartitionWithItsRecords()
    {
        await _probe.ProduceAsync(Topic, [new("first")], cancellation: Cancellation);
        _simulator.SetLeader(Topic, 0, 2);
        await _probe.ProduceAsync(Topic, [new("second")], cancellation: Cancellation);

        Assert.Equal([1, 2], _simulator.Appends.Select(append => append.Broker));
        Assert.Equal(["first", "second"], _probe.Read(Topic, Cancellation).Select(record => record.Text));
    }

    [Fact]
    public async Task SetLeader_LeavesCommitsOfWhatWasReadBefore()
    {
        await _probe.ProduceAsync(Topic, [new("first")], cancellation: Cancellation);
        using var consumer = NewConsumer("group");
        consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
        var record = consumer.Consume(Watchdog.Deadline);
        _simulator.SetLeader(Topic, 0, 2);

        consumer.Commit(record);

        Assert.NotNull(record.LeaderEpoch);
        Assert.Equal([new("group", Topic, 0, 1)], _simulator.Commits);
    }

    [Fact]
    public async Task PushRequestErrors_FailInTheirOrder_AndLeaveNothing()
    {
        _simulator.PushRequestErrors(KafkaApi.Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.Local_Transport, ErrorCode.NotEnoughReplicas);

        var refused = await Assert.ThrowsAsync<ProduceException<byte[]?, byte[]?>>(
            () => _probe.ProduceAsync(Topic, [new("refused")], cancellation: Cancellation));
        await _probe.ProduceAsync(Topic, [new("kept")], cancellation: Cancellation);

        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
        Assert.Equal(4, _simulator.RequestsOf(KafkaApi.Produce));
        Assert.Equal(["kept"], _probe.Read(Topic, Cancellation).Select(record => record.Text));
    }

    /// <summary>What a broker would recognise as a repetition, and the simulator does not: tests of duplicates must allow for it.</summary>
    [Fact]
    public async Task PushErrorRtts_WhoseAnswerComesTooLate_LeaveADuplicateEvenOfAnIdempotentProducer()
    {
        using var producer = NewProducer(config =>
        {
            config.EnableIdempotence = true;
            config.RequestTimeoutMs = 100;
            config.SocketTimeoutMs = 500;
        });
        _simulator.PushErrorRtts(1, KafkaApi.Produce, (ErrorCode.NoError, TimeSpan.FromSeconds(10)));

        await Watchdog.WaitAsync(producer.ProduceAsync(Topic, new() { Value = [1] }, Cancellation), "the second attempt", Cancellation);

        Assert.InRange(_probe.Read(Topic, Cancellation).Count, 2, int.MaxValue);
    }

    [Fact]
    public async Task SetTopicError_IsATopicThatIsNotThere()
    {
        _simulator.SetTopicError("gone", ErrorCode.UnknownTopicOrPart);

        Assert.Equal(ErrorCode.UnknownTopicOrPart, Assert.Throws<KafkaException>(() => _probe.Read("gone", Cancellation)).Error.Code);
        _simulator.SetTopicError("gone", ErrorCode.NoError);
        await _probe.ProduceAsync("gone", [new("here")], cancellation: Cancellation);

        Assert.Single(_probe.Read("gone", Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task SetCoordinator_IsWhereAGroupCommits(int broker)
    {
        _simulator.SetCoordinator("group", broker);
        await _probe.ProduceAsync(Topic, [new("a")], cancellation: Cancellation);
        using var consumer = NewConsumer("group");
        consumer.Assign(new TopicPartition(Topic, 0));
        consumer.Commit([new TopicPartitionOffset(Topic, 0, 1)]);

        Assert.Equal(1, _simulator.RequestsOf(KafkaApi.OffsetCommit, broker));
        Assert.Equal(1, _simulator.RequestsOf(KafkaApi.OffsetCommit));
    }

    [Fact]
    public async Task AssertNothingEvicted_TellsWhenAPartitionIsFuller_ThanItKeeps()
    {
        await _probe.ProduceAsync(Topic, Records(4), cancellation: Cancellation);
        _simulator.AssertNothingEvicted(Topic);

        await _probe.ProduceAsync(Topic, Records(4), cancellation: Cancellation);
        var failure = Assert.Throws<InvalidOperationException>(() => _simulator.AssertNothingEvicted(Topic));
        Assert.Contains("topic [0] begins at", failure.Message, StringComparison.Ordinal);

        static IEnumerable<ProbeRecord> Records(int count) => Enumerable.Range(0, count).Select(_ => new ProbeRecord(new byte[900_000]));
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Group_SharesPartitions_AndTakesOverFromAMemberThatLeaves(GroupProtocol protocol)
    {
        _simulator.CreateTopic("shared", partitions: 2);
        _simulator.SetGroupTimes(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100));

        await using var first = new GroupMember(NewConsumer("group", protocol), "shared");
        await first.HasAsync(2);
        await using (var second = new GroupMember(NewConsumer("group", protocol), "shared"))
        {
            await second.HasAsync(1);
            await first.HasAsync(1);
        }

        await first.HasAsync(2);
    }

    private IProducer<Null, byte[]> NewProducer(Action<ProducerConfig> configure)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = _simulator.Bootstraps,
            LingerMs = 0,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 100,
            RetryBackoffMs = 20,
        };
        configure(config);
        return new ProducerBuilder<Null, byte[]>(config).SetLogHandler((_, _) => { }).Build();
    }

    private IConsumer<Ignore, Ignore> NewConsumer(string group, GroupProtocol protocol = GroupProtocol.Classic)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = _simulator.Bootstraps,
            GroupId = group,
            GroupProtocol = protocol,
            EnableAutoCommit = false,
            FetchWaitMaxMs = 10,
        };
        if (protocol == GroupProtocol.Classic)
        {
            config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
            config.SessionTimeoutMs = 2000;
            config.HeartbeatIntervalMs = 100;
        }

        return new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>A member of a group, which must be polled to take part in it; leaves when disposed.</summary>
    private sealed class GroupMember : IAsyncDisposable
    {
        private readonly CancellationTokenSource _leave = new();
        private readonly ChangeSignal _changes = new();
        private readonly Task _polling;
        private volatile int _partitions;

        public GroupMember(IConsumer<Ignore, Ignore> consumer, string topic)
        {
            consumer.Subscribe(topic);
            _polling = Task.Factory.StartNew(
                () =>
                {
                    while (!_leave.IsCancellationRequested)
                    {
                        consumer.Consume(TimeSpan.FromMilliseconds(10));
                        if (consumer.Assignment.Count == _partitions)
                            continue;
                        _partitions = consumer.Assignment.Count;
                        _changes.Pulse();
                    }

                    consumer.Close();
                    consumer.Dispose();
                },
                TaskCreationOptions.LongRunning);
        }

        public Task HasAsync(int partitions) =>
            Watchdog.UntilAsync(_changes, () => _partitions == partitions, () => $"{partitions} partitions, not {_partitions}", Cancellation);

        public async ValueTask DisposeAsync()
        {
            await _leave.CancelAsync();
            await _polling;
            _leave.Dispose();
        }
    }
}
