using Rotel.Agent;
using Rotel.Kafka.TestKit;

namespace Rotel.Kafka.Doctor;

public sealed class KafkaDoctorTests
{
    [Fact]
    public async Task Cluster_ThatWorks_IsDescribedAndGetsTheItems()
    {
        using var cluster = KafkaCluster.Start();
        var traces = await cluster.CreateTopicAsync("traces");
        var (exit, output) = await RunAsync(cluster, traces, cluster.NameOf("missing"));

        TestContext.Current.SendDiagnosticMessage(output);
        Assert.True(false == output.Contains("zzz", StringComparison.Ordinal), output);
        Assert.Contains("  ok       brokers   the cluster has 1, which records are sent to directly: ", output, StringComparison.Ordinal);
        Assert.Contains($"  ok       topics    {traces}", output, StringComparison.Ordinal);
        Assert.Contains($"  failed   topics    {cluster.NameOf("missing")} is not there", output, StringComparison.Ordinal);
        Assert.Contains("  ok       traces    test item delivered", output, StringComparison.Ordinal);
        Assert.Equal(1, exit);
    }

    private static async Task<(int Exit, string Output)> RunAsync(KafkaCluster cluster, string traces, string logs)
    {
        var output = new StringWriter();
        var exit = await RotelCommand.RunAsync(
            [
                "doctor", "--exporter=kafka", $"--kafka-exporter-brokers={cluster.Bootstraps}", $"--kafka-exporter-traces-topic={traces}",
                $"--kafka-exporter-logs-topic={logs}", $"--kafka-exporter-metrics-topic={traces}", "--signal=traces",
                "--otlp-grpc-endpoint=127.0.0.1:0", "--otlp-http-endpoint=127.0.0.1:0",
            ],
            output,
            new StringWriter());
        return (exit, output.ToString());
    }
}
