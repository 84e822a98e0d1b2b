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
        var topic = await cluster.CreateTopicAsync("health");
        using var log = new LogRecorder();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddRotel(options =>
        {
            options.Otlp.GrpcEndpoint = "127.0.0.1:0";
            options.Otlp.HttpEndpoint = "127.0.0.1:0";
            options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            options.Exporters.AddKafka("bus", exporter =>
            {
                exporter.Brokers.Add(cluster.Bootstraps);
                exporter.TracesTopic = topic;
                exporter.CustomConfig["reconnect.backoff.max.ms"] = "100";
            });
        });
        builder.Services.AddHealthChecks().AddRotel();
        using var host = builder.Build();
        await host.StartAsync(cancellation);
        var collector = host.Services.GetRequiredService<RotelRuntime>().Collector!;

        // Nothing is connected to, so nothing is known to be wrong.
        cluster.Faults.SetDown();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        using var client = new HttpClient();
        using var content = new ByteArrayContent(new StandardLoad().Encode(OtlpSignal.Traces, 10));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await client.PostAsync(new Uri($"http://{collector.HttpEndpoints[0]}/v1/traces"), content, cancellation);
        response.EnsureSuccessStatusCode();
        await log.UntilAsync(line => line.EventId == 4151, "that no broker can be reached", cancellation);
        var degraded = await CheckAsync();
        Assert.Equal(HealthStatus.Degraded, degraded.Status);
        Assert.Contains("exporter 'bus' cannot reach its destination: all brokers are down", degraded.Description, StringComparison.Ordinal);

        cluster.Faults.SetUp();
        await Watchdog.WaitAsync(collector.FlushAsync(cancellation), "the spans delivered", cancellation);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        await host.StopAsync(cancellation);

        async Task<HealthReportEntry> CheckAsync() =>
            (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellation)).Entries["rotel"];
    }
}
