using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Configuration;
using Rotel.Hosting;
using Rotel.Operation;
using Rotel.TestKit;

namespace Rotel.Sharing;

/// <summary>
/// An agent that shares, with an SDK that hands over to it and a log of its own. Several in one process are to the operating system's lock
/// what several processes are.
/// </summary>
internal sealed class SharingMember : IAsyncDisposable
{
    private readonly ActivitySource _source = new($"member-{Guid.NewGuid():N}");
    private readonly ILoggerFactory _loggers;
    private readonly TracerProvider _tracing;

    private SharingMember(RotelAgent agent, LogRecorder log, ILoggerFactory loggers)
    {
        Agent = agent;
        Log = log;
        _loggers = loggers;
        _tracing = Sdk.CreateTracerProviderBuilder()
            .AddSource(_source.Name).SetSampler(new AlwaysOnSampler()).AddRotelExporter(agent).Build();
    }

    public RotelAgent Agent { get; }

    public LogRecorder Log { get; }

    public SharedAgentRole Role => Agent.GetStatus().SharedAgent!.Role;

    /// <param name="file">What its members share.</param>
    /// <param name="configure">Beside free ports and short times.</param>
    /// <param name="logs">Where messages go beside the member's own log.</param>
    public static async Task<SharingMember> StartAsync(string file, Action<RotelOptions> configure, ILoggerProvider? logs = null)
    {
        var log = new LogRecorder();
        var loggers = LoggerFactory.Create(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
            if (logs is not null)
                logging.AddProvider(logs);
        });
        var plan = RotelConfiguration.Load(RotelSources.None, options =>
        {
            TestHost.UseShortTimes(options);
            options.PidFile = file;
            configure(options);
        });
        return new SharingMember(await RotelAgent.StartAsync(plan, loggers, TestContext.Current.CancellationToken), log, loggers);
    }

    public Task LoggedAsync(int eventId) =>
        Log.UntilAsync(line => line.EventId == eventId, $"event {eventId}", TestContext.Current.CancellationToken);

    /// <summary>Ends so many spans of this name.</summary>
    public ActivityTraceId End(string name, int spans = 1)
    {
        var trace = ActivityTraceId.CreateRandom();
        var parent = new ActivityContext(trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        for (var i = 0; i < spans; i++)
            _source.StartActivity(name, ActivityKind.Internal, parent)!.Dispose();
        return trace;
    }

    /// <summary>Hands over what the SDK holds, and waits until it is delivered.</summary>
    public Task FlushAsync() =>
        Watchdog.WaitAsync(Agent.FlushAsync(TestContext.Current.CancellationToken), "the flush", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        _tracing.Dispose();
        _source.Dispose();
        _loggers.Dispose();
    }
}
