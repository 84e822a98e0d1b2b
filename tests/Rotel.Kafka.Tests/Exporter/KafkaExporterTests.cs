using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Kafka.TestKit;
using Rotel.Kafka.TestKit.Simulator;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Exporter;

public sealed class KafkaExporterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpSignal.Traces, KafkaCompression.None)]
    [InlineData(OtlpSignal.Metrics, KafkaCompression.Gzip)]
    [InlineData(OtlpSignal.Logs, KafkaCompression.Zstd)]
    [InlineData(OtlpSignal.Logs, KafkaCompression.Snappy)]
    [InlineData(OtlpSignal.Traces, KafkaCompression.Lz4)]
    internal async Task Export_AnySignal_IsInItsTopicAsSent(OtlpSignal signal, KafkaCompression compression)
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("own");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.Compression = compression;
            Set(options, signal, topic);
        });
        var request = new StandardLoad().Next(signal, 50);
        var batch = bench.Batch(signal, 50, request.ToByteArray());

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(0, outcome.RejectedItems);
        Assert.Equal(50, batch.DeliveredItems);
        var record = Assert.Single(cluster.Probe.Read(topic, 1, Cancellation));
        Assert.Null(record.Key);
        Assert.Empty(record.Headers);
        Assert.Equal(OtlpItems.Keys(request), OtlpItems.Keys(Parse(signal, record.Value!)));
        Assert.Null(bench.Exporter.Problem);
    }

    [Fact]
    public async Task Export_BeforeAnythingIsSent_ConnectsToNothing()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("lazy");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);
        var batch = bench.Batch();
        var before = cluster.Faults.RequestsOf(KafkaApi.ApiVersion);

        await bench.ExportAsync(batch);

        Assert.Equal(0, before);
        Assert.True(cluster.Faults.RequestsOf(KafkaApi.ApiVersion) > 0);
    }

    [Fact]
    public async Task Export_HeadersOfSettingsAndOfRequests_AreInEachRecordAndThoseOfRequestsWin()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("headers");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.RecordHeaders["env"] = "prüfung";
            options.RecordHeaders["tenant"] = "nobody";
            options.HeadersFromMetadata.Add("Tenant");
        });
        var metadata = new RequestMetadata([new("tenant", "acme"), new("authorization", "not asked for")]);

        await bench.ExportAsync(bench.Batch(metadata: metadata));

        var record = Assert.Single(cluster.Probe.Read(topic, 1, Cancellation));
        Assert.Equal(
            ["env=prüfung", "tenant=acme"],
            record.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.Value!)}"));
    }

    [Fact]
    public async Task Export_TracesByIdAndResources_HaveKeys()
    {
        using var cluster = KafkaCluster.Start();
        var traces = await cluster.CreateTopicAsync("traces");
        var logs = await cluster.CreateTopicAsync("logs");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            (options.TracesTopic, options.LogsTopic) = (traces, logs);
            (options.PartitionTracesById, options.PartitionLogsByResourceAttributes) = (true, true);
        });

        await bench.ExportAsync(bench.Batch(OtlpSignal.Traces));
        await bench.ExportAsync(bench.Batch(OtlpSignal.Logs));

        Assert.All(cluster.Probe.Read(traces, 1, Cancellation), record => Assert.Equal(32, record.Key?.Length));
        Assert.All(cluster.Probe.Read(logs, 1, Cancellation), record => Assert.Equal(16, record.Key?.Length));
    }

    [Theory]
    [InlineData(ErrorCode.LeaderNotAvailable)]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    [InlineData(ErrorCode.RequestTimedOut)]
    [InlineData(ErrorCode.NotEnoughReplicas)]
    [InlineData(ErrorCode.Local_Transport)]
    public async Task Export_ErrorThatTheClientRepeats_IsDeliveredInOrderWithinTheAttempt(ErrorCode error)
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("retried");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.RetryBackoff = TimeSpan.FromMilliseconds(1);
            options.RetryBackoffMax = TimeSpan.FromMilliseconds(10);
            options.CustomConfig["batch.num.messages"] = "1";
        });
        cluster.Faults.PushRequestErrors(KafkaApi.Produce, error, ErrorCode.NoError, error);
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"span {i:00}")];

        foreach (var name in names)
            Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Spans(name))).Kind);

        Assert.Equal(names, KafkaBench.NamesIn(cluster.Probe.Read(topic, names.Length, Cancellation)));
    }

    [Fact]
    public async Task Export_ManyRecordsAtOnceWhileTheBrokerFails_StayInOrder()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("order");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.MaxMessageBytes = 1500;
            options.RetryBackoff = TimeSpan.FromMilliseconds(1);
            options.RetryBackoffMax = TimeSpan.FromMilliseconds(10);
            options.CustomConfig["batch.num.messages"] = "2";

            // The simulator looks at no sequence numbers: with more, it would take requests behind one that failed, which brokers refuse.
            options.Idempotent = true;
            options.CustomConfig["max.in.flight"] = "1";
        });
        cluster.Faults.PushRequestErrors(
            KafkaApi.Produce, ErrorCode.NoError, ErrorCode.NotEnoughReplicas, ErrorCode.NoError, ErrorCode.Local_Transport,
            ErrorCode.NoError, ErrorCode.NotLeaderForPartition);
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"span {i:00}")];
        var batch = bench.Spans(names);
        Assert.True(batch.Deliveries.Count > 20);

        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);

        Assert.Equal(names, KafkaBench.NamesIn(cluster.Probe.Read(topic, batch.Deliveries.Count, Cancellation)));
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    [InlineData(ErrorCode.InvalidRequiredAcks)]
    [InlineData(ErrorCode.ThrottlingQuotaExceeded)]
    public async Task Export_ErrorThatSomebodyCanMend_IsTriedAgainByTheNextAttempt(ErrorCode error)
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("mended");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;

            // The client keeps in mind that a topic is forbidden until it looks again.
            options.CustomConfig["topic.metadata.refresh.interval.ms"] = "50";
        });
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Spans("first"))).Kind);
        cluster.Faults.PushRequestErrors(KafkaApi.Produce, error);
        var batch = bench.Spans("second");

        var failed = await bench.ExportAsync(batch);
        var problem = bench.Exporter.Problem;

        Assert.Equal(ExportOutcomeKind.Retry, failed.Kind);
        Assert.Contains(error.ToString(), failed.Message, StringComparison.Ordinal);
        Assert.Contains(topic, problem, StringComparison.Ordinal);
        await bench.RetryAsync(batch);
        Assert.Null(bench.Exporter.Problem);
        Assert.Equal(["first", "second"], KafkaBench.NamesIn(cluster.Probe.Read(topic, 2, Cancellation)));
    }

    [Theory]
    [InlineData(ErrorCode.InvalidRecord)]
    [InlineData(ErrorCode.PolicyViolation)]
    [InlineData(ErrorCode.UnsupportedForMessageFormat)]
    public async Task Export_ErrorOfTheRecordItself_IsRejected(ErrorCode error)
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("rejected");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);
        cluster.Faults.PushRequestErrors(KafkaApi.Produce, error);

        var outcome = await bench.ExportAsync(bench.Batch());

        Assert.Equal(ExportOutcomeKind.Rejected, outcome.Kind);
        Assert.Equal(DropReason.DestinationRejected, outcome.Reason);
        Assert.Contains(error.ToString(), outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_BrokerFindsRecordTooLarge_IsSentAloneFirstAndThenCut()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("cut");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);
        cluster.Faults.PushRequestErrors(KafkaApi.Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);
        var batch = bench.Spans("a", "b", "c");

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(0, outcome.RejectedItems);
        var records = cluster.Probe.Read(topic, 2, Cancellation);
        Assert.Equal(2, records.Count);
        Assert.Equal(["a", "b", "c"], KafkaBench.NamesIn(records));
        Assert.Contains(bench.Log.Lines, line => line.EventId == 4101 && line.Message.Contains(topic, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_TooLargeOnlyTogether_IsNotCut()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("together");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);
        cluster.Faults.PushRequestErrors(KafkaApi.Produce, ErrorCode.RecordListTooLarge);

        var outcome = await bench.ExportAsync(bench.Spans("a", "b", "c"));

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Single(cluster.Probe.Read(topic, 1, Cancellation));
    }

    [Fact]
    public async Task Export_OneItemTooLarge_IsItemTooLarge()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("item");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);
        cluster.Faults.PushRequestErrors(KafkaApi.Produce, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);

        var outcome = await bench.ExportAsync(bench.Spans("a"));

        Assert.Equal(ExportOutcomeKind.Rejected, outcome.Kind);
        Assert.Equal(DropReason.ItemTooLarge, outcome.Reason);
    }

    [Fact]
    public async Task Export_ClientTakesLessThanTheRecords_CutsThemDownToWhatItTakes()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("custom");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.CustomConfig["message.max.bytes"] = "5000";
        });
        var batch = bench.Batch(items: 100);
        Assert.Single(batch.Deliveries);

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(0, outcome.RejectedItems);
        var records = cluster.Probe.Read(topic, batch.Deliveries.Count, Cancellation);
        Assert.All(records, record => Assert.True(record.Value!.Length <= 5000));
        Assert.Equal(100, KafkaBench.NamesIn(records).Length);
    }

    [Fact]
    public async Task Export_BatchOverTheLimit_IsCutBetweenItems()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("limit");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.MaxMessageBytes = 10_000;
        });
        var batch = bench.Batch(items: 100);

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        var records = cluster.Probe.Read(topic, batch.Deliveries.Count, Cancellation);
        Assert.All(records, record => Assert.True(record.Value!.Length <= 10_000));
        Assert.Equal(100, KafkaBench.NamesIn(records).Length);
    }

    [Fact]
    public async Task Export_QueueOfTheClientFull_WaitsForRoomAndDeliversAll()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("full");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.MaxMessageBytes = 1500;
            options.CustomConfig["queue.buffering.max.messages"] = "1";
        });
        var batch = bench.Batch(items: 40);
        Assert.True(batch.Deliveries.Count > 10);

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(40, KafkaBench.NamesIn(cluster.Probe.Read(topic, batch.Deliveries.Count, Cancellation)).Length);
    }

    [Fact]
    public async Task Export_RecordLargerThanTheClientsQueue_IsRetriedAndDoesNotHang()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("never");
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = topic;
            options.CustomConfig["queue.buffering.max.kbytes"] = "1";
        });

        var outcome = await bench.ExportAsync(bench.Batch(items: 100));

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("Local_QueueFull", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    public async Task Export_TopicOfAttributeUnknownOrForbidden_GoesToTheSignalsOwnWithAWarning(ErrorCode error)
    {
        using var cluster = KafkaCluster.Start();
        var own = await cluster.CreateTopicAsync("own");
        var missing = cluster.NameOf("missing");
        cluster.Faults.SetTopicError(missing, error);
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = own;
            options.TopicFromAttribute = "kafka.topic";
            options.CustomConfig["topic.metadata.propagation.max.ms"] = "0";
        });
        var request = new StandardLoad().Traces(3);
        foreach (var resource in request.ResourceSpans)
            resource.Resource.Attributes.Add(new KeyValue { Key = "kafka.topic", Value = new() { StringValue = missing } });

        var outcome = await bench.ExportAsync(bench.Batch(OtlpSignal.Traces, 3, request.ToByteArray()));

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(3, KafkaBench.NamesIn(cluster.Probe.Read(own, 1, Cancellation)).Length);
        Assert.Contains(bench.Log.Lines, line => line.EventId == 4100 && line.Message.Contains(missing, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_OwnTopicUnknown_IsRetried()
    {
        using var cluster = KafkaCluster.Start();
        var missing = cluster.NameOf("missing");
        cluster.Faults.SetTopicError(missing, ErrorCode.UnknownTopicOrPart);
        await using var bench = new KafkaBench(cluster.Bootstraps, options =>
        {
            options.TracesTopic = missing;
            options.CustomConfig["topic.metadata.propagation.max.ms"] = "0";
        });

        var outcome = await bench.ExportAsync(bench.Batch());

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains(missing, bench.Exporter.Problem, StringComparison.Ordinal);
    }

    private static void Set(KafkaExporterOptions options, OtlpSignal signal, string topic)
    {
        options.TracesTopic = signal == OtlpSignal.Traces ? topic : "other";
        options.MetricsTopic = signal == OtlpSignal.Metrics ? topic : "other";
        options.LogsTopic = signal == OtlpSignal.Logs ? topic : "other";
    }

    private static IMessage Parse(OtlpSignal signal, byte[] value) => signal switch
    {
        OtlpSignal.Traces => ExportTraceServiceRequest.Parser.ParseFrom(value),
        OtlpSignal.Metrics => ExportMetricsServiceRequest.Parser.ParseFrom(value),
        _ => ExportLogsServiceRequest.Parser.ParseFrom(value),
    };
}
