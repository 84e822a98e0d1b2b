using Rotel.Guest.Hosts;
using Rotel.Throughput;
using Rotel.Throughput.Drive;
using Rotel.Throughput.Sink;

namespace Rotel.Guest.Drive;

/// <summary>
/// One counting backend for each variant, so that each one's telemetry is counted apart; before that of <see cref="HostVariant.Agent"/>
/// a <c>rotel</c> process. All alive as long as the driver.
/// </summary>
internal sealed class Backends : IAsyncDisposable
{
    /// <summary>The figures of the <c>rotel</c> process itself.</summary>
    public const string AgentColumn = "the agent itself";

    private readonly Dictionary<string, (ChildProcess Process, Uri Url)> _sinks = new(StringComparer.Ordinal);
    private (ChildProcess Process, Uri Url)? _agent;

    /// <summary>The <c>rotel</c> process, or null where no variant has one.</summary>
    public MeasuredProcess? Agent { get; private set; }

    public static async Task<Backends> StartAsync(GuestOptions options, CancellationToken cancellationToken)
    {
        var backends = new Backends();
        try
        {
            foreach (var variant in options.Variants)
            {
                var sink = await WaitAsync(ChildProcess.StartRole("sink", []), cancellationToken);
                backends._sinks.Add(variant, sink);
                if (variant != HostVariant.Agent)
                    continue;
                backends._agent = await WaitAsync(StartAgent(options, sink.Url), cancellationToken);
                backends.Agent = new MeasuredProcess(AgentColumn, backends._agent.Value.Process);
            }

            return backends;
        }
        catch
        {
            await backends.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the hosts of a variant send to.</summary>
    public Uri UrlOf(string variant) => variant == HostVariant.Agent && _agent is { } agent ? agent.Url : _sinks[variant].Url;

    /// <summary>The process beside the hosts of a variant, or null.</summary>
    public MeasuredProcess? AgentOf(string variant) => variant == HostVariant.Agent ? Agent : null;

    /// <summary>The spans and log records that the hosts of a variant have delivered so far.</summary>
    public async Task<long> ItemsOfAsync(string variant, CancellationToken cancellationToken)
    {
        var report = SinkReport.Parse(await _sinks[variant].Process.AskAsync(SinkReport.Command, cancellationToken));
        return report.Items - report.DataPoints;
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is { } agent)
            await agent.Process.DisposeAsync();
        foreach (var (process, _) in _sinks.Values)
            await process.DisposeAsync();
    }

    // The command as it is shipped, with its own runtime settings; it ends with its standard input, which the startup hook reads.
    private static ChildProcess StartAgent(GuestOptions options, Uri sink)
    {
        if (!File.Exists(options.AgentPath))
            throw new FlagException($"--agent '{options.AgentPath}' does not exist.");
        return ChildProcess.Start(AgentColumn, options.AgentPath, ["start"], new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = ChildProcess.OwnAssemblyPath,
            ["ROTEL_OTLP_GRPC_ENDPOINT"] = "127.0.0.1:0",
            ["ROTEL_OTLP_HTTP_ENDPOINT"] = "127.0.0.1:0",
            ["ROTEL_EXPORTER"] = "otlp",
            ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = sink.ToString(),
            ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
            ["ROTEL_OTLP_EXPORTER_COMPRESSION"] = options.Gzip ? "gzip" : "none",
        });
    }

    private static async Task<(ChildProcess Process, Uri Url)> WaitAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        try
        {
            var line = await process.WaitUntilReadyAsync(cancellationToken);
            return (process, new Uri(ListenerAddresses.Find(line, Transport.Http)));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
