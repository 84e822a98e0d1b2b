using Rotel.Datadog.TestKit;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Stats;
using Rotel.Memory;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Stats;

/// <summary>Statistics that are sent to an imitated intake, on a clock of the test's; ends with nothing charged to the budget.</summary>
internal sealed class StatisticsBench : IAsyncDisposable
{
    private readonly ExporterBench _bench;

    private StatisticsBench(DatadogServer server, StatisticsLimits? limits, int second, Action<DatadogExporterOptions>? configure)
    {
        Server = server;
        Timers = new TimerWatch(Start);
        _bench = new ExporterBench(Timers);
        Options = new DatadogExporterOptions { CustomEndpoint = server.Endpoint, ApiKey = server.ApiKey };
        configure?.Invoke(Options);
        Client = new DatadogClient(Options, _bench.Context);
        Statistics = new DatadogStatistics(
            Options, _bench.Context, Client, "agent-1"u8.ToArray(), "none"u8.ToArray(), "0.1"u8.ToArray(), limits, second);
    }

    /// <summary>Three seconds into a bucket.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 3, TimeSpan.Zero);

    /// <summary>When that bucket starts, in seconds since 1970.</summary>
    public static long FirstBucket => Start.ToUnixTimeSeconds() - 3;

    public DatadogServer Server { get; }

    public TimerWatch Timers { get; }

    public DatadogExporterOptions Options { get; }

    public ExporterContext Context => _bench.Context;

    public DatadogClient Client { get; }

    public DatadogStatistics Statistics { get; }

    public IEnumerable<string> Log => _bench.Log.Lines;

    public ByteBudget Budget => _bench.Budget;

    public IReadOnlyList<SentGroup> Sent => [.. SentGroup.All(Server.Stats)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<StatisticsBench> StartAsync(
        StatisticsLimits? limits = null, int second = 0, Action<DatadogExporterOptions>? configure = null) =>
        new(await DatadogServer.StartAsync(Cancellation), limits, second, configure);

    public void Add(int secondsFromStart, Func<TestSpan, TestSpan>? change = null)
    {
        var span = new TestSpan { End = Start.AddSeconds(secondsFromStart) };
        (change?.Invoke(span) ?? span).AddTo(Statistics);
    }

    public void Advance(double seconds) => Timers.Advance(TimeSpan.FromSeconds(seconds));

    public Task FlushAsync() => Statistics.FlushAsync(Cancellation).AsTask();

    public Task WaitForHitsAsync(long hits) =>
        Server.WaitUntilAsync(_ => Sent.Sum(group => group.Hits) >= hits, $"{hits} hits", Cancellation);

    /// <summary>
    /// Waits until no attempt goes on and so many timers are set: what comes after an answer, which the client has later than the server.
    /// </summary>
    public Task SettleAsync(int timers) => Watchdog.UntilAsync(
        Timers.Changes,
        () => Timers.Attempts == 0 && Timers.SetTimers == timers,
        () => $"no attempt, {timers} timers; {Timers.Attempts} go on, {Timers.SetTimers} are set",
        Cancellation);

    public Task WaitForRequestsAsync(int count) => Server.WaitForRequestsAsync(count, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await Statistics.DisposeAsync();
        Client.Dispose();
        await Server.DisposeAsync();
        Assert.Equal(0, _bench.Budget.Reserved);
        _bench.Dispose();
    }
}
