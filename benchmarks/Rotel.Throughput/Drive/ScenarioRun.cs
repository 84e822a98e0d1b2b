using System.Diagnostics;
using System.Globalization;
using Rotel.Throughput.Children;
using Rotel.Throughput.Load;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Drive;

/// <summary>
/// One scenario against one collector, with processes of its own: backend, collector, load. Warm-up and measured load are separate, and
/// each ends when
/// everything accepted has arrived, so that the counters read between them belong to the measured items exactly, whatever the collector
/// holds back.
/// </summary>
internal sealed class ScenarioRun(Scenario scenario, string collector, DriveOptions options)
{
    private const int CalmWarmUpRounds = 2;
    private const double CalmCompilationPercent = 3;

    private const long CalmCompilationMicroseconds = 1000;

    private static readonly TimeSpan WarmUpRound = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan CompilationPollInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestCompilation = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestLoadOverrun = TimeSpan.FromSeconds(60);

    public async Task<Measurement> RunAsync(CancellationToken cancellationToken)
    {
        using var certificates = scenario.Tls ? new RunCertificates() : null;
        var tls = certificates?.Folder;

        using var diskQueue = scenario.DiskQueue is null ? null : new RunFolder(options.DiskFolder);

        await using var sink = StartSink(tls);
        var backend = ListenerAddresses.Find(await sink.WaitUntilReadyAsync(cancellationToken), scenario.OutTransport);
        await using var source = scenario.Transport == Transport.Kafka ? ChildProcess.StartRole("broker", BrokerArguments()) : null;
        var topic = source is null ? null : ListenerAddresses.Find(await source.WaitUntilReadyAsync(cancellationToken), Transport.Kafka);

        await using var collecting = CollectorProcess.Start(collector, scenario, options, backend, topic, tls, diskQueue?.Path);
        var ready = await collecting.WaitUntilReadyAsync(cancellationToken);
        var listener = topic ?? ListenerAddresses.Find(ready, scenario.Transport);

        await using var load = ChildProcess.StartRole("load", LoadArguments(listener, tls));
        await load.WaitUntilReadyAsync(cancellationToken);

        var warmUpItems = await WarmUpAsync(load, collecting, cancellationToken);
        var settled = await DrainAsync(sink, warmUpItems, cancellationToken);
        var before = await ReadCountersAsync(collecting, cancellationToken);

        var measured = await LoadAsync(load, options.Measured, cancellationToken);
        var drainStarted = Stopwatch.GetTimestamp();
        var drained = await DrainAsync(sink, settled.Items + measured.AcceptedItems, cancellationToken);
        var drainTime = Stopwatch.GetElapsedTime(drainStarted);
        var after = await ReadCountersAsync(collecting, cancellationToken);

        return new Measurement(measured, before, after, drained.Items - settled.Items, drainTime);
    }

    private ChildProcess StartSink(TlsFolder? tls)
    {
        if (scenario.OutTransport == Transport.Kafka)
            return ChildProcess.StartRole("broker", [.. BrokerArguments(), "--count"]);
        var arguments = new List<string>();
        CollectorProcess.AddTls(arguments, tls);
        return ChildProcess.StartRole("sink", arguments);
    }

    private string[] BrokerArguments() => ["--signal", OtlpRoutes.Name(options.Signal)];

    /// <summary>
    /// Loads until the collector's just-in-time compiler has come to rest, seen twice in a row: until then a busy collector's cost is
    /// mostly that of code that
    /// is not compiled in full yet, and of compiling it.
    /// </summary>
    /// <returns>The accepted items.</returns>
    private async Task<long> WarmUpAsync(ChildProcess load, ChildProcess collecting, CancellationToken cancellationToken)
    {
        long accepted = 0;
        var calmRounds = 0;
        var started = Stopwatch.GetTimestamp();
        var last = await ReadCountersAsync(collecting, cancellationToken);
        while (calmRounds < CalmWarmUpRounds && Stopwatch.GetElapsedTime(started) + WarmUpRound <= options.LongestWarmUp)
        {
            var round = await LoadAsync(load, WarmUpRound, cancellationToken);
            accepted += round.AcceptedItems;
            var counters = await LetCompileAsync(collecting, cancellationToken);
            calmRounds = counters.CompilationPercentSince(last) < CalmCompilationPercent ? calmRounds + 1 : 0;
            last = counters;
        }

        return accepted;
    }

    /// <summary>
    /// Waits while the collector compiles what the last round has made hot: under a load that takes all cores, its compiler would hardly
    /// get a turn.
    /// </summary>
    private async Task<ProcessCounters> LetCompileAsync(ChildProcess collecting, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var last = await ReadCountersAsync(collecting, cancellationToken);
        while (Stopwatch.GetElapsedTime(started) < LongestCompilation)
        {
            await Task.Delay(CompilationPollInterval, cancellationToken);
            var counters = await ReadCountersAsync(collecting, cancellationToken);
            var compiled = counters.CompilationMicroseconds - last.CompilationMicroseconds;
            last = counters;
            if (compiled < CalmCompilationMicroseconds)
                break;
        }

        return last;
    }

    private async Task<LoadReport> LoadAsync(ChildProcess load, TimeSpan duration, CancellationToken cancellationToken)
    {
        var command = string.Create(
            CultureInfo.InvariantCulture, $"{LoadRole.Command} {duration.TotalMilliseconds:0} {scenario.ItemsPerSecond}");
        return LoadReport.Parse(await load.AskAsync(command, LoadReport.Word, duration + LongestLoadOverrun, cancellationToken));
    }

    /// <summary>Waits until the backend has the items, or until nothing more has arrived for some seconds.</summary>
    private static async Task<SinkReport> DrainAsync(ChildProcess sink, long expectedItems, CancellationToken cancellationToken)
    {
        var last = SinkReport.Parse(await sink.AskAsync(SinkReport.Command, cancellationToken));
        var lastArrival = Stopwatch.GetTimestamp();
        while (last.Items < expectedItems && Stopwatch.GetElapsedTime(lastArrival) < LongestStandstill)
        {
            await Task.Delay(PollInterval, cancellationToken);
            var now = SinkReport.Parse(await sink.AskAsync(SinkReport.Command, cancellationToken));
            if (now.Items > last.Items)
                lastArrival = Stopwatch.GetTimestamp();
            last = now;
        }

        return last;
    }

    private async Task<ProcessCounters> ReadCountersAsync(ChildProcess collecting, CancellationToken cancellationToken)
    {
        var counters = ProcessCounters.Parse(await collecting.AskAsync(ProcessCounters.Command, cancellationToken));
        return counters.ServerGc == options.ServerGc
            ? counters
            : throw new ChildProcessException($"The {collector} process runs another garbage collector than asked for.");
    }

    private List<string> LoadArguments(string listener, TlsFolder? tls)
    {
        var arguments = new List<string>
        {
            "--endpoint", listener,
            "--transport", OtlpRoutes.Name(scenario.Transport),
            "--signal", OtlpRoutes.Name(options.Signal),
            "--items", (scenario.Items ?? options.ItemsPerRequest).ToString(CultureInfo.InvariantCulture),
        };
        if ((options.Connections ?? scenario.Connections) is { } connections)
            arguments.AddRange(["--connections", connections.ToString(CultureInfo.InvariantCulture)]);
        if (scenario.Gzip)
            arguments.Add("--gzip");
        CollectorProcess.AddEncoding(arguments, scenario.In);
        CollectorProcess.AddTls(arguments, tls);
        return arguments;
    }
}
