using Confluent.Kafka;
using Rotel.Kafka.TestKit;
using Rotel.Kafka.TestKit.Simulator;
using Rotel.Pipelines;

namespace Rotel.Kafka.Exporter;

/// <summary>What becomes of a client that its brokers do not let be idempotent.</summary>
public sealed class KafkaIdempotenceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_ClientCannotGoOn_IsReplacedAndTheNextAttemptDelivers()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("fatal");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => (options.TracesTopic, options.Idempotent) = (topic, true));

        // Without the right to be idempotent a client is of no use any more.
        cluster.Faults.PushRequestErrors(KafkaApi.InitProducerId, ErrorCode.ClusterAuthorizationFailed);
        var batch = bench.Spans("a", "b");

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.NotNull(bench.Exporter.Problem);
        await bench.RetryAsync(batch);
        Assert.Equal(["a", "b"], KafkaBench.NamesIn(cluster.Probe.Read(topic, 1, Cancellation)));
        Assert.Null(bench.Exporter.Problem);
        Assert.DoesNotContain(bench.Log.Lines, line => line.EventId == 4107);
        Assert.Equal(2, cluster.Faults.RequestsOf(KafkaApi.InitProducerId));
    }

    [Fact]
    public async Task Export_BrokersRefuseTheIdempotenceNobodyAskedFor_GoesOnWithoutAndSaysSoOnce()
    {
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("plain");
        await using var bench = new KafkaBench(cluster.Bootstraps, options => options.TracesTopic = topic);

        // However often it is asked for.
        var refusal = ErrorCode.ClusterAuthorizationFailed;
        cluster.Faults.PushRequestErrors(KafkaApi.InitProducerId, [.. Enumerable.Repeat(refusal, 100)]);
        var batch = bench.Spans("a", "b");

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        await bench.RetryAsync(batch);
        await bench.RetryAsync(bench.Spans("c"));

        Assert.Equal(["a", "b", "c"], KafkaBench.NamesIn(cluster.Probe.Read(topic, 2, Cancellation)));
        Assert.Single(bench.Log.Lines, line => line.EventId == 4107);
        Assert.Equal(1, cluster.Faults.RequestsOf(KafkaApi.InitProducerId));
        Assert.Null(bench.Exporter.Problem);
    }
}
