using System.Diagnostics;
using System.Globalization;
using Rotel.Guest.Hosts;
using Rotel.Guest.Load;
using Rotel.Throughput.Drive;
using Rotel.Throughput.Load;

namespace Rotel.Guest.Drive;

/// <summary>
/// Loads hosts that live side by side, one at a time in short turns: a disturbance of the machine that lasts longer than a turn falls on
/// all of them, and figures of one turn can be compared pair by pair.
/// </summary>
internal sealed class LoadSets(GuestOptions options, Backends backends, Figures figures)
{
    private const double AllowedUnsentShare = 0.01;

    private static readonly TimeSpan LongestOverrun = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The SDK hands on what it holds every 5 s.</summary>
    private static readonly TimeSpan LongestArrival = TimeSpan.FromSeconds(10);

    /// <summary>Often enough that every turn exports metrics.</summary>
    private static readonly TimeSpan MetricInterval = TimeSpan.FromSeconds(2);

    private bool _sound = true;

    /// <returns>Whether every request was answered and every span and log record has arrived, once.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        for (var set = 0; set < options.Sets; set++)
            await RunSetAsync(set, cancellationToken);
        return _sound;
    }

    private async Task RunSetAsync(int set, CancellationToken cancellationToken)
    {
        await using var clients = ChildProcess.Start(
            RequestRole.Name,
            typeof(LoadSets).Assembly.Location,
            [RequestRole.Name, "--connections", options.Connections.ToString(CultureInfo.InvariantCulture)],
            new Dictionary<string, string>());
        await clients.WaitUntilReadyAsync(cancellationToken);

        var hosts = new List<LoadedHost>();
        try
        {
            foreach (var variant in Turns.Of(options.Variants, set))
            {
                var earlierItems = await backends.ItemsOfAsync(variant, cancellationToken);
                var process = await HostProcess.StartAsync(variant, options, backends, MetricInterval, cancellationToken);
                hosts.Add(new LoadedHost(process, earlierItems));
            }

            foreach (var host in hosts)
                await LoadAsync(host, clients, options.WarmUp, cancellationToken);
            for (var slice = 0; slice < options.Slices; slice++)
            {
                foreach (var host in Turns.Of(hosts, slice))
                    await MeasureAsync(host, clients, cancellationToken);
            }

            foreach (var host in hosts)
                await CountArrivalsAsync(host, cancellationToken);
        }
        finally
        {
            foreach (var host in hosts)
                await host.Process.DisposeAsync();
        }
    }

    private async Task MeasureAsync(LoadedHost host, ChildProcess clients, CancellationToken cancellationToken)
    {
        var variant = host.Process.Variant;
        var beside = backends.AgentOf(variant) is { } agent ? new ThreadInterval(agent) : null;
        var before = await host.Process.Measured.ReadCountersAsync(cancellationToken);
        var report = await LoadAsync(host, clients, options.Slice, cancellationToken);
        var after = await host.Process.Measured.ReadCountersAsync(cancellationToken);

        RecordCpu(variant, (after.CpuMicroseconds - before.CpuMicroseconds) / 1e3, report);
        if (beside is not null)
            RecordCpu(beside.Process.Column, beside.End().Threads.Sum(thread => thread.CpuMilliseconds), report);
        figures.Add(Figure.P50, variant, report.P50Microseconds / 1e3);
        figures.Add(Figure.P99, variant, report.P99Microseconds / 1e3);
        figures.Add(Figure.Allocated, variant, (after.AllocatedBytes - before.AllocatedBytes) / 1e3 / report.AcceptedItems);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"load {variant}: p50 {report.P50Microseconds / 1e3:0.00} ms, p99 {report.P99Microseconds / 1e3:0.00} ms, "
            + $"{report.ItemsPerSecond:0}/s, JIT {after.CompilationPercentSince(before):0.0} %"));
    }

    private void RecordCpu(string column, double milliseconds, LoadReport report)
    {
        figures.Add(Figure.LoadCpu, column, milliseconds / (report.ElapsedMicroseconds / 1e6));
        figures.Add(Figure.SpanCpu, column, milliseconds * 1e3 / (report.AcceptedItems * OrderDesk.SpansPerRequest));
    }

    private async Task<LoadReport> LoadAsync(LoadedHost host, ChildProcess clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var command = string.Create(
            CultureInfo.InvariantCulture,
            $"{RequestRole.Command} {host.Process.Endpoint} {duration.TotalMilliseconds:0} {options.RequestsPerSecond}");
        var report = LoadReport.Parse(await clients.AskAsync(command, LoadReport.Word, duration + LongestOverrun, cancellationToken));
        host.Requests += report.AcceptedItems;

        // One or two that are due in the last moment are never sent.
        if (report.Refused + report.Unanswered > 0 || report.Unsent > AllowedUnsentShare * report.AcceptedItems)
        {
            _sound = false;
            await Console.Error.WriteLineAsync(
                $"{host.Process.Variant}: {report.Refused} requests refused, {report.Unanswered} unanswered, {report.Unsent} never sent");
        }

        return report;
    }

    /// <summary>Waits for what the requests made: a host that is cheap because it exports nothing would be no comparison.</summary>
    private async Task CountArrivalsAsync(LoadedHost host, CancellationToken cancellationToken)
    {
        var variant = host.Process.Variant;
        var expected = HostVariant.Exports(variant) ? host.Requests * OrderDesk.ItemsPerRequest : 0;
        var started = Stopwatch.GetTimestamp();
        var items = await ArrivedAsync(host, cancellationToken);
        while (items < expected && Stopwatch.GetElapsedTime(started) < LongestArrival)
        {
            await Task.Delay(PollInterval, cancellationToken);
            items = await ArrivedAsync(host, cancellationToken);
        }

        figures.Add(Figure.Exported, variant, (double)items / host.Requests);
        if (items != expected)
        {
            _sound = false;
            await Console.Error.WriteLineAsync($"{variant}: {items} spans and log records have arrived in place of {expected}");
        }
    }

    private async Task<long> ArrivedAsync(LoadedHost host, CancellationToken cancellationToken) =>
        await backends.ItemsOfAsync(host.Process.Variant, cancellationToken) - host.EarlierItems;

    /// <param name="earlierItems">What its backend had counted before it started.</param>
    private sealed class LoadedHost(HostProcess process, long earlierItems)
    {
        public HostProcess Process { get; } = process;

        public long EarlierItems { get; } = earlierItems;

        /// <summary>All that it has answered, from the one of its start on.</summary>
        public long Requests { get; set; } = 1;
    }
}
