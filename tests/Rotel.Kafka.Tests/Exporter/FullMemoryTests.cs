using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Hosting;
using Rotel.Kafka.TestKit;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Exporter;

/// <summary>A cluster that is dead until no more is accepted, attempts that expire meanwhile, and then it is there.</summary>
public sealed class FullMemoryTests
{
    private const int Items = 100;

    [Fact]
    public async Task Deliver_ClusterDeadUntilMemoryIsFull_AllThatWasAcceptedArrives()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var cluster = KafkaCluster.Start();
        var topic = await cluster.CreateTopicAsync("full-memory");
        using var log = new LogRecorder();
        using var host = await StartAsync(cluster, topic, log);
        var collector = host.Services.GetRequiredService<RotelRuntime>().Collector!;
        cluster.Faults.SetDown();

        var load = new StandardLoad();
        var accepted = new List<string>();
        using var client = new HttpClient();
        while (true)
        {
            var request = load.Traces(Items);
            if (!await TrySendAsync(client, collector, Google.Protobuf.MessageExtensions.ToByteArray(request)))
                break;
            accepted.AddRange(OtlpItems.Keys(request));
        }

        var queue = collector.Queues.Single(each => each.Signal == OtlpSignal.Traces);
        await log.UntilAsync(
            line => line.Message.Contains("Local_MsgTimedOut", StringComparison.Ordinal), "an attempt that has expired", cancellation);
        Assert.True(accepted.Count >= 5 * Items, $"Only {accepted.Count} items were accepted.");
        Assert.Equal(accepted.Count, queue.HeldItems);
        cluster.Faults.SetUp();
        await Watchdog.WaitAsync(collector.FlushAsync(cancellation), "everything delivered", cancellation);

        Assert.Equal((accepted.Count, 0), (queue.Ledger.Delivered, queue.Ledger.TotalDropped));
        var arrived = cluster.Probe.Read(topic, cancellation)
            .SelectMany(record => OtlpItems.Keys(ExportTraceServiceRequest.Parser.ParseFrom(record.Value)));
        Assert.Equal(accepted.Order(StringComparer.Ordinal), arrived.Order(StringComparer.Ordinal));
        await host.StopAsync(cancellation);
        await collector.DisposeAsync();
        Assert.Equal(0, collector.Budget.Reserved);
    }

    private static async Task<IHost> StartAsync(KafkaCluster cluster, string topic, LogRecorder log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddRotel(options =>
        {
            options.MemoryLimit = 4 << 20;
            options.Otlp.GrpcEndpoint = "127.0.0.1:0";
            options.Otlp.HttpEndpoint = "127.0.0.1:0";
            options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            options.Exporters.AddKafka("bus", exporter =>
            {
                exporter.Brokers.Add(cluster.Bootstraps);
                exporter.TracesTopic = topic;
                exporter.MessageTimeout = TimeSpan.FromMilliseconds(500);
                exporter.Retry.InitialBackoff = TimeSpan.FromMilliseconds(20);
                exporter.CustomConfig["reconnect.backoff.max.ms"] = "100";
            });
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static async Task<bool> TrySendAsync(HttpClient client, Collector collector, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await client.PostAsync(
            new Uri($"http://{collector.HttpEndpoints[0]}/v1/traces"), content, TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode;
    }
}
