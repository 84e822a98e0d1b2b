using System.Buffers;
using System.Text;
using Rotel.Engine;
using Rotel.Kafka.TestKit;
using Rotel.Kafka.TestKit.Simulator;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Receiver;

/// <summary>What is received, and what is told to Kafka of it.</summary>
public sealed class KafkaReceiverTests : IDisposable
{
    private readonly KafkaCluster _cluster = KafkaCluster.Start();
    private readonly string _group;

    public KafkaReceiverTests() => _group = _cluster.NameOf("group");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _cluster.Dispose();

    [Theory]
    [InlineData(KafkaFormat.Protobuf)]
    [InlineData(KafkaFormat.Json)]
    public async Task Receive_ThreeSignals_DeliversWhatWasSentAndCommitsIt(KafkaFormat format)
    {
        var load = new StandardLoad();
        var options = ReceiverBench.Options(_cluster, _group);
        options.Format = format;
        options.Metrics = options.Logs = true;
        var sent = new Dictionary<OtlpSignal, List<byte[]>>();
        foreach (var (signal, topics) in options.Subscribed)
        {
            topics.Clear();
            topics.Add(await _cluster.CreateTopicAsync(signal.Name(), partitions: 2));
            sent[signal] = [.. Enumerable.Range(0, 5).Select(_ => load.Encode(signal, items: 20))];
            await _cluster.Probe.ProduceAsync(
                topics[0],
                sent[signal].Select(body => new ProbeRecord(format == KafkaFormat.Json ? Json(signal, body) : body)),
                cancellation: Token);
        }

        await using var bench = await new ReceiverBench(options).StartAsync();

        foreach (var (signal, topics) in options.Subscribed)
        {
            var exporter = bench.Exporters[signal];
            await exporter.UntilAsync(exporter => exporter.DeliveredItems >= 100);
            Assert.Equal(Keys(signal, sent[signal]), Keys(signal, exporter.Attempts.SelectMany(attempt => attempt.Bodies)));
            await _cluster.Probe.CaughtUpAsync(_group, topics[0], Token);
        }

        await bench.StopAsync();
        Assert.Equal(0, bench.Pool.Budget.Reserved);
        Assert.Null(bench.Problem);
    }

    [Fact]
    public async Task Receive_Pattern_FindsTopicsThatComeLater()
    {
        var options = ReceiverBench.Options(_cluster, _group, $"^later.*{_cluster.NameOf("")}$");
        await using var bench = await new ReceiverBench(options).StartAsync();
        var topic = await _cluster.CreateTopicAsync("later");
        await ProduceAsync(topic, "a", 3);

        await bench.DeliveredAsync(3);

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
    }

    [Fact]
    public async Task Receive_Headers_AreKeptInLowerCaseAndTravelOn()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.HeadersToInclude.Add("X-Tenant");
        options.HeadersToInclude.Add("binary");
        await _cluster.Probe.ProduceAsync(
            topic,
            [
                new ProbeRecord(
                    TraceBody.Of(1, "a"), null, null,
                    new("x-tenant", "one"u8.ToArray()), new("other", "no"u8.ToArray()), new("X-TENANT", "two"u8.ToArray()),
                    new("binary", [0xff])),
            ],
            cancellation: Token);

        await using var bench = new ReceiverBench(options, metadataKeys: ["x-tenant"]);
        await bench.StartAsync();
        await bench.DeliveredAsync(1);

        Assert.Equal([new("x-tenant", "one,two")], Assert.Single(bench.Traces.Attempts).Metadata!.Headers);
    }

    [Fact]
    public async Task Receive_AfterARestart_GoesOnWhereItWasCommitted()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 5);
        await using (var first = await new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic)).StartAsync())
        {
            await first.DeliveredAsync(5);
            await first.StopAsync();
        }

        Assert.Equal(5, _cluster.Probe.Committed(_group, topic)[0]);
        await ProduceAsync(topic, "b", 2);
        await using var second = await new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic)).StartAsync();
        await second.DeliveredAsync(2);
        await second.StopAsync();

        Assert.Equal(["b0.0", "b1.0"], second.DeliveredSpans);
    }

    [Fact]
    public async Task Receive_StoppedBeforeDelivery_CommitsNothingAndReadsAgain()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 5);
        await using (var first = new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic), Never))
        {
            await first.StartAsync();
            await first.Traces.UntilAsync(exporter => exporter.Attempts.Count > 0);
            await first.StopAsync(drainFor: TimeSpan.Zero);
        }

        // The position of the first record is committed, as it is where the group would begin.
        Assert.Equal(0, _cluster.Probe.Committed(_group, topic)[0] ?? 0);
        await using var second = await new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic)).StartAsync();
        await second.DeliveredAsync(5);
    }

    [Fact]
    public async Task Receive_PoisonRecords_AreCountedSaidAndPassedBy()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await _cluster.Probe.ProduceAsync(
            topic,
            [new("not protobuf, but a secret"), new((byte[]?)null), new([]), new(TraceBody.Of(1, "good")), new([0x0a, 0x7f])],
            cancellation: Token);
        await using var bench = await new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic)).StartAsync();

        await bench.DeliveredAsync(1);
        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);

        Assert.Equal(3, bench.Refused(OtlpSignal.Traces, RefusalReason.Malformed));
        var line = Assert.Single(bench.Logs.Lines, line => line.EventId == 2104);
        Assert.Contains($"{topic}[0] offset 0 (malformed)", line.Message, StringComparison.Ordinal);
        Assert.All(bench.Logs.Lines, line => Assert.DoesNotContain("secret", line.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(KafkaFormat.Protobuf)]
    [InlineData(KafkaFormat.Json)]
    public async Task Receive_PoisonRecordsWithDeadLetterTopic_AreSentThereAsTheyWere(KafkaFormat format)
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        var dead = await _cluster.CreateTopicAsync("dead");
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.DeadLetterTopic = dead;
        options.Format = format;
        var good = TraceBody.Of(1, "good");
        await _cluster.Probe.ProduceAsync(
            topic,
            [
                new(format == KafkaFormat.Json ? Json(OtlpSignal.Traces, good) : good),
                new("bad"u8.ToArray(), "key"u8.ToArray(), null, new KeyValuePair<string, byte[]?>("h", "v"u8.ToArray())),
                new((byte[]?)null),
            ],
            cancellation: Token);
        await using var bench = await new ReceiverBench(options).StartAsync();

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);

        var letters = _cluster.Probe.Read(dead, 2, Token);
        Assert.Equal("bad", letters[0].Text);
        Assert.Equal("key"u8.ToArray(), letters[0].Key);
        Assert.Equal(
            ["h=v", $"rotel.topic={topic}", "rotel.partition=0", "rotel.offset=1", "rotel.reason=malformed"],
            letters[0].Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.Value!)}"));
        Assert.Null(letters[1].Value);
        Assert.Null(letters[1].Key);
        await bench.StopAsync();
        Assert.Equal(0, bench.Pool.Budget.Reserved);
    }

    [Fact]
    public async Task Receive_ExporterGivesUp_ReadsAgainUntilDelivered()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 4);
        var failures = 0;
        await using var bench = new ReceiverBench(
            ReceiverBench.Options(_cluster, _group, topic),
            _ => new(Interlocked.Increment(ref failures) <= 2 ? ExportOutcome.Retry("down") : ExportOutcome.Delivered()),
            retryFor: TimeSpan.FromMilliseconds(1));
        await bench.StartAsync();

        await bench.DeliveredAsync(4);

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        await bench.LoggedAsync(2107);
        Assert.Equal(4, bench.DeliveredSpans.Count);
    }

    [Fact]
    public async Task Receive_ExporterGivesUpAsItMay_CommitsTheLoss()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 4);
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.DisableExporterIndefiniteRetry = true;
        await using var bench = new ReceiverBench(
            options, static _ => new(ExportOutcome.Retry("down")), retryFor: TimeSpan.FromMilliseconds(1));
        await bench.StartAsync();

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);

        Assert.Empty(bench.DeliveredSpans);
    }

    [Fact]
    public async Task Receive_DestinationRefuses_CommitsIt()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 4);
        await using var bench = new ReceiverBench(
            ReceiverBench.Options(_cluster, _group, topic), static _ => new(ExportOutcome.Rejected("no")));
        await bench.StartAsync();

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
    }

    [Fact]
    public async Task Receive_AutoCommit_CommitsWhatIsReadButNotDelivered()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 4);
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.EnableAutoCommit = true;
        await using var bench = new ReceiverBench(options, Never);
        await bench.StartAsync();

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);

        Assert.Empty(bench.DeliveredSpans);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receive_QueueIsFull_PausesAndLosesNothing(bool autoCommit)
    {
        var topic = await _cluster.CreateTopicAsync("traces", partitions: 3);
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.EnableAutoCommit = autoCommit;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new ReceiverBench(options, async _ =>
        {
            await gate.Task;
            return ExportOutcome.Delivered();
        }, queueBytes: 100_000);
        await ProduceAsync(topic, "a", 300, padding: 5000);
        await bench.StartAsync();

        // Paused for longer than a session: the member must stay.
        await bench.LoggedAsync(2114);
        var heartbeats = _cluster.Simulator?.RequestsOf(KafkaApi.Heartbeat) ?? 0;
        if (_cluster.Simulator is { } simulator)
            await simulator.RequestsAsync(KafkaApi.Heartbeat, heartbeats + 25, Token);
        gate.SetResult();
        await bench.DeliveredAsync(300);

        await _cluster.Probe.CaughtUpAsync(_group, topic, Token);
        await bench.LoggedAsync(2115);
        Assert.Equal(300, bench.DeliveredSpans.Count);
        Assert.DoesNotContain(bench.Logs.Lines, line => line.EventId is 2103 or 2110);
        await bench.StopAsync();
        Assert.Equal(0, bench.Pool.Budget.Reserved);
        _cluster.Simulator?.AssertNothingEvicted(topic);
    }

    [Fact]
    public async Task Receive_BudgetIsFull_ReadsNothingMoreUntilThereIsRoom()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await using var bench = new ReceiverBench(ReceiverBench.Options(_cluster, _group, topic));
        await ProduceAsync(topic, "a", 20);
        bench.Pool.Budget.ReserveOverdraft(bench.Pool.Budget.Limit);
        await bench.StartAsync();
        await bench.LoggedAsync(2114);
        Assert.Empty(bench.Traces.Attempts);

        bench.Pool.Budget.Release(bench.Pool.Budget.Limit);

        await bench.DeliveredAsync(20);
        Assert.Equal(20, bench.DeliveredSpans.Count);
    }

    [Fact]
    public async Task Receive_PartitionEndsAreWanted_AreSaid()
    {
        var topic = await _cluster.CreateTopicAsync("traces");
        await ProduceAsync(topic, "a", 2);
        var options = ReceiverBench.Options(_cluster, _group, topic);
        options.EnablePartitionEof = true;
        await using var bench = await new ReceiverBench(options).StartAsync();

        await bench.Logs.UntilAsync(
            line => line.EventId == 2113 && line.Message == $"Reached the end of {topic}[0] at offset 2.", "the end", Token);
    }

    [Fact]
    public void Create_SignalWithoutExporter_IsRefused()
    {
        var options = new KafkaReceiverOptions { Traces = true };

        Assert.Throws<ArgumentException>(() => new ReceiverBench(options, signals: [OtlpSignal.Logs]));
    }

    private static async ValueTask<ExportOutcome> Never(ScriptedAttempt attempt)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, attempt.CancellationToken);
        return ExportOutcome.Delivered();
    }

    private static byte[] Json(OtlpSignal signal, byte[] body)
    {
        using var writer = new OtlpJsonWriter();
        var json = new ArrayBufferWriter<byte>();
        writer.Write(signal, body, json);
        return json.WrittenSpan.ToArray();
    }

    private static List<string> Keys(OtlpSignal signal, IEnumerable<byte[]> bodies) =>
        [.. bodies.SelectMany(body => OtlpItems.Keys(OtlpItems.Parse(signal, body))).Order(StringComparer.Ordinal)];

    private async Task ProduceAsync(string topic, string prefix, int records, int padding = 0) => await _cluster.Probe.ProduceAsync(
        topic, Enumerable.Range(0, records).Select(i => new ProbeRecord(TraceBody.Of(1, $"{prefix}{i}.", padding))), cancellation: Token);
}
