using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rotel.Hosting;
using Rotel.Kafka.TestKit;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Exporter;

public sealed class KafkaHealthTests
{
    [Fact]
    public async Task Check_BrokersDown_IsDegradedLongBeforeAnyAttemptHasFailed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var cluster = KafkaCluster.Start();
        using var log = new LogRecorder();
        using var host = await StartAsync(cluster, await cluster.CreateTopicAsync("health"), log);
        var collector = host.Services.GetRequiredService<RotelRuntime>().Collector!;

        // Nothing is connected to, so nothing is known to be wrong.
        cluster.Faults.SetDown();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        await SendAsync(collector, 10);
        await log.UntilAsync(line => line.EventId == 4151, "that no broker can be reached", cancellation);
        var degraded = await CheckAsync();
        Assert.Equal(HealthStatus.Degraded, degraded.Status);
        Assert.Contains(
            "exporter 'bus' cannot reach its destination: all brokers are down", degraded.Description, StringComparison.Ordinal);

        cluster.Faults.SetUp();
        await Watchdog.WaitAsync(collector.FlushAsync(cancellation), "the spans delivered", cancellation);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        await host.StopAsync(cancellation);

        async Task<HealthReportEntry> CheckAsync() =>
            (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellation)).Entries["rotel"];
    }

    [Fact]
    public async Task Stop_BrokersDown_EndsWithTheDrainTimeoutAndCountsWhatIsLost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var cluster = KafkaCluster.Start();
        using var log = new LogRecorder();
        using var host = await StartAsync(cluster, await cluster.CreateTopicAsync("stop"), log);
        var collector = host.Services.GetRequiredService<RotelRuntime>().Collector!;
        cluster.Faults.SetDown();
        await SendAsync(collector, 10);
        await log.UntilAsync(line => line.EventId == 4151, "that no broker can be reached", cancellation);

        await Watchdog.WaitAsync(host.StopAsync(cancellation), "the host stopped", cancellation);

        Assert.Equal(10, collector.Queues.Single(queue => queue.Signal == OtlpSignal.Traces).Ledger.TotalDropped);
        Assert.Contains(log.Lines, line => line.EventId == 1001 && line.Message.Contains("shutdown", StringComparison.Ordinal));

        // The client ends with the collector, and only then is what it had given back.
        await collector.DisposeAsync();
        Assert.Equal(0, collector.Budget.Reserved);
    }

    private static async Task<IHost> StartAsync(KafkaCluster cluster, string topic, LogRecorder log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddRotel(options =>
        {
            options.Otlp.GrpcEndpoint = "127.0.0.1:0";
            options.Otlp.HttpEndpoint = "127.0.0.1:0";
            options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            options.DrainTimeout = TimeSpan.FromMilliseconds(200);
            options.Exporters.AddKafka("bus", exporter =>
            {
                exporter.Brokers.Add(cluster.Bootstraps);
                exporter.TracesTopic = topic;
                exporter.CustomConfig["reconnect.backoff.max.ms"] = "100";
            });
        });
        builder.Services.AddHealthChecks().AddRotel();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static async Task SendAsync(Collector collector, int items)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(new StandardLoad().Encode(OtlpSignal.Traces, items));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await client.PostAsync(
            new Uri($"http://{collector.HttpEndpoints[0]}/v1/traces"), content, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
