using Microsoft.Extensions.Logging;
using Rotel.Otlp;

namespace Rotel.Kafka.Exporter;

/// <summary>Nothing is sent, so no cluster is needed.</summary>
public sealed class KafkaExporterNoticesTests
{
    [Theory]
    [InlineData(KafkaPartitioner.Consistent, "consistent_random")]
    [InlineData(KafkaPartitioner.Murmur2, "murmur2_random")]
    [InlineData(KafkaPartitioner.Fnv1a, "fnv1a_random")]
    public async Task Encode_PartitionerNeedsKeysAndThereAreNone_WarnsOncePerSignal(KafkaPartitioner partitioner, string better)
    {
        await using var bench = new KafkaBench(null, options =>
        {
            options.Partitioner = partitioner;
            options.PartitionLogsByResourceAttributes = true;
        });

        bench.Batch(OtlpSignal.Traces);
        bench.Batch(OtlpSignal.Traces);
        bench.Batch(OtlpSignal.Logs);

        var warning = Assert.Single(bench.Log.Lines);
        Assert.Equal(4102, warning.EventId);
        Assert.Contains("all traces to one partition", warning.Message, StringComparison.Ordinal);
        Assert.Contains($"{better}, or partition_traces_by_id", warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(KafkaPartitioner.ConsistentRandom)]
    [InlineData(KafkaPartitioner.Murmur2Random)]
    [InlineData(KafkaPartitioner.Fnv1aRandom)]
    public async Task Encode_PartitionerSpreadsWithoutKeys_SaysNothing(KafkaPartitioner partitioner)
    {
        await using var bench = new KafkaBench(null, options => options.Partitioner = partitioner);

        bench.Batch(OtlpSignal.Metrics);

        Assert.Empty(bench.Log.Lines);
    }

    [Theory]
    [InlineData("kafka.example.com:9092", KafkaSaslMechanism.Plain, true)]
    [InlineData("127.0.0.1:9092", KafkaSaslMechanism.Plain, false)]
    [InlineData("kafka.example.com:9092", KafkaSaslMechanism.ScramSha512, false)]
    public async Task Start_PasswordWithoutTls_WarnsWhereItLeavesTheMachine(string broker, KafkaSaslMechanism mechanism, bool warns)
    {
        await using var bench = new KafkaBench(broker, options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.SaslPlaintext;
            options.Security.SaslMechanism = mechanism;
        });

        Assert.Equal(warns, bench.Log.Lines.Any(line => line.Level == LogLevel.Warning && line.EventId == 4002));
    }

    [Fact]
    public async Task Start_CertificatesNotVerified_Warns()
    {
        await using var bench = new KafkaBench(null, options =>
        {
            options.Security.Protocol = KafkaSecurityProtocol.Ssl;
            options.CustomConfig["enable.ssl.certificate.verification"] = "false";
        });

        Assert.Equal(4106, Assert.Single(bench.Log.Lines).EventId);
    }
}
