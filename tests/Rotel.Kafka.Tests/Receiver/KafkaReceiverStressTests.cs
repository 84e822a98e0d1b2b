using System.Collections.Concurrent;
using Confluent.Kafka;
using Rotel.Engine;
using Rotel.Kafka.TestKit;
using Rotel.Kafka.TestKit.Simulator;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// Everything at once, with a random seed: many partitions, little room, poison, dead letters that are not taken, processors that throw,
/// exporters that are slow, give up and refuse, and members that come and go. Each commit is held against what is finished at that moment.
/// </summary>
public sealed class KafkaReceiverStressTests : IDisposable
{
    private const int Partitions = 24;
    private const int Records = 1200;

    private readonly KafkaCluster _cluster = KafkaCluster.Start(brokers: 2);
    private readonly Random _random = new(FreshSeed.Value);
    private readonly ConcurrentDictionary<string, int> _finished = new();
    private readonly ConcurrentQueue<string> _wrong = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Receive_EverythingGoesWrong_CommitsOnlyWhatIsFinishedAndLosesNothing()
    {
        var topic = await _cluster.CreateTopicAsync("traces", Partitions);
        var dead = await _cluster.CreateTopicAsync("dead");
        var group = _cluster.NameOf("group");
        var kinds = new ConcurrentDictionary<(int Partition, long Offset), string>();
        var records = new List<ProbeRecord>();
        var next = new long[Partitions];
        for (var i = 0; i < Records; i++)
        {
            var partition = _random.Next(Partitions);
            var isPoison = _random.Next(20) == 0;
            var name = $"{(isPoison ? "bad" : "good")}-{partition}-{next[partition]}-";
            kinds[(partition, next[partition]++)] = name;
            records.Add(new ProbeRecord(isPoison ? Encoding(name) : TraceBody.Of(1, name, 500), null, partition));
        }

        await _cluster.Probe.ProduceAsync(topic, records, cancellation: Token);
        _cluster.Faults.OnCommit = commit =>
        {
            if (commit.Topic != topic)
                return;
            for (var offset = 0L; offset < commit.Offset; offset++)
            {
                var name = kinds[(commit.Partition, offset)];
                if (name.StartsWith("good", StringComparison.Ordinal) && !_finished.ContainsKey(name))
                    _wrong.Enqueue($"{commit.Offset} of [{commit.Partition}] was committed before {offset} was finished");
            }
        };
        _cluster.Faults.PushRequestErrors(
            KafkaApi.Produce, ErrorCode.InvalidRecord, ErrorCode.Local_Transport, ErrorCode.InvalidRecord, ErrorCode.NotEnoughReplicas);
        _cluster.Faults.PushRequestErrors(
            KafkaApi.OffsetCommit, ErrorCode.NoError, ErrorCode.GroupLoadInProgress, ErrorCode.Local_Transport, ErrorCode.NoError);

        // The other may have had so many that too few are left for this one.
        var good = kinds.Values.Count(name => name.StartsWith("good", StringComparison.Ordinal));
        for (var round = 0; round < 3; round++)
        {
            // One stays while others come; each leaves with work under way.
            await using var bench = await NewMember(topic, dead, group).StartAsync();
            await using var other = await NewMember(topic, dead, group).StartAsync();
            await bench.UntilAsync(member => _finished.Count == good || member.DeliveredSpans.Distinct().Count() >= 40, "40 spans");
            await other.StopAsync(drainFor: TimeSpan.FromMilliseconds(50));
            await bench.StopAsync(drainFor: TimeSpan.Zero);
            Assert.Equal(0, bench.Pool.Budget.Reserved);
        }

        await using var last = await NewMember(topic, dead, group).StartAsync();
        await _cluster.Probe.CaughtUpAsync(group, topic, Token);
        await last.StopAsync();

        Assert.Empty(_wrong);
        Assert.Equal(kinds.Values.Where(name => name.StartsWith("good", StringComparison.Ordinal)).Order(), _finished.Keys.Order());
        Assert.Equal(
            kinds.Values.Where(name => name.StartsWith("bad", StringComparison.Ordinal)).Order(),
            _cluster.Probe.Read(dead, Token).Select(record => record.Text!).Distinct().Order());
        Assert.Equal(0, last.Pool.Budget.Reserved);
        Assert.DoesNotContain(last.Logs.Lines, line => line.EventId == 2110);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{FreshSeed.Variable}={FreshSeed.Value}: {_finished.Values.Sum() - _finished.Count} duplicates of {_finished.Count}");
        _cluster.Simulator?.AssertNothingEvicted(topic);
    }

    private static byte[] Encoding(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private ReceiverBench NewMember(string topic, string dead, string group)
    {
        var options = ReceiverBench.Options(_cluster, group, topic);
        options.DeadLetterTopic = dead;

        // The simulator checks no sequence: a batch that failed would count as there with the success of the one behind it.
        options.CustomConfig["max.in.flight"] = "1";
        return new ReceiverBench(
            options,
            AnswerAsync,
            budget: 1 << 20,
            queueBytes: 50_000,
            retryFor: TimeSpan.FromMilliseconds(1),
            batchItems: 4,
            processors: [new RandomlyFailing(this)]);
    }

    /// <summary>Slow, and one in some batches is given up or refused, which a restart of its delivery must not follow.</summary>
    private async ValueTask<ExportOutcome> AnswerAsync(ScriptedAttempt attempt)
    {
        var draw = Draw(200);
        await Task.Delay(TimeSpan.FromMilliseconds(draw % 20), TimeProvider.System, attempt.CancellationToken);
        if (draw < 10)
            return ExportOutcome.Retry("given up at once");
        foreach (var name in TraceBody.SpanNames(attempt.Bodies))
            _finished.AddOrUpdate(name[..^1], 1, static (_, times) => times + 1);
        return draw < 20 ? ExportOutcome.Rejected("no") : ExportOutcome.Delivered();
    }

    private int Draw(int end)
    {
        lock (_random)
            return _random.Next(end);
    }

    private sealed class RandomlyFailing(KafkaReceiverStressTests test) : IPayloadProcessor
    {
        public OtlpPayload Process(OtlpPayload payload) =>
            test.Draw(100) == 0 ? throw new InvalidOperationException("The processor fails now and then.") : payload;
    }
}
