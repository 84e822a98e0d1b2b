using Microsoft.Extensions.Logging;
using Rotel.Configuration;
using Rotel.Exporters.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// Starts agents that read nothing of the machine: free loopback ports, and times short enough for a test to see the next one.
/// </summary>
internal static class TestAgent
{
    public static TimeSpan InitialBackoff { get; } = TimeSpan.FromMilliseconds(50);

    public static TimeSpan MaxBackoff { get; } = TimeSpan.FromMilliseconds(200);

    public static Task<RotelAgent> StartAsync(Action<RotelOptions> configure, ILoggerFactory? loggerFactory = null)
    {
        var plan = RotelConfiguration.Load(RotelSources.None, options =>
        {
            options.Otlp.GrpcEndpoint = "127.0.0.1:0";
            options.Otlp.HttpEndpoint = "127.0.0.1:0";
            options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            options.Retry.InitialBackoff = InitialBackoff;
            options.Retry.MaxBackoff = MaxBackoff;
            configure(options);
        });
        return RotelAgent.StartAsync(plan, loggerFactory, TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// Waits until what was accepted is settled. Unlike the agent's own flush it asks the SDK for nothing, which by hand-off would collect
    /// the metrics once more.
    /// </summary>
    public static Task FlushQueuesAsync(this RotelAgent agent, CancellationToken cancellation) =>
        Task.WhenAll(agent.Collector!.Queues.Select(queue => queue.FlushAsync(cancellation)));

    public static Uri HttpUri(this RotelAgent agent) => new($"http://{agent.HttpEndpoints[0]}");

    public static Uri GrpcUri(this RotelAgent agent) => new($"http://{agent.GrpcEndpoints[0]}");

    /// <summary>Sends everything to one backend, over the protocol given.</summary>
    public static void SendTo(
        this RotelOptions options,
        OtlpBackend backend,
        OtlpProtocol protocol = OtlpProtocol.Http,
        string name = "backend",
        Action<OtlpExporterOptions>? configure = null) => options.Exporters.AddOtlp(name, exporter =>
    {
        exporter.Endpoint = protocol == OtlpProtocol.Grpc ? backend.GrpcEndpoint : backend.HttpEndpoint;
        exporter.Protocol = protocol;
        configure?.Invoke(exporter);
    });
}
