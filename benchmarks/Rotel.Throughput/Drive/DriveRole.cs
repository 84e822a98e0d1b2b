using System.Globalization;
using System.Runtime.InteropServices;

namespace Rotel.Throughput.Drive;

/// <summary>Runs the scenarios, the collectors taking turns, and prints the table.</summary>
internal static class DriveRole
{
    public const string Usage = """

        Rotel.Throughput [drive]
          --scenario LIST      of http, http-tls, http-json, http-json-json, grpc, grpc-tls, http-gzip, grpc-gzip,
                               clickhouse, clickhouse-{zstd,none,json,grpc}, kafka, kafka-grpc, kafka-in, kafka-in-small,
                               kafka-clickhouse, datadog, datadog-{zstd,grpc}, disk-{off,spill,always,power},
                               {http,grpc,clickhouse}-{10k,50k,100k}; default all.
                               -tls: every connection; -json: JSON in, protobuf out; -json-json: JSON in and out; clickhouse: rows
                               as LZ4, -json: columns of the type JSON; kafka: into a topic, kafka-in: out of one;
                               disk-: the disk queue. Beside http, grpc, clickhouse or disk-off the cost as its multiple, and what it is more.
          --rate N             items per second instead of the scenario's own; 0 for maximum
          --collector LIST     of rotel, naive; default both, taking turns
          --seconds N          measured load, default 15        --warmup N    before it at most, default 40
          --repeat N           runs of each, default 3          --quick       3 s, 12 s, once
          --signal NAME        traces, metrics or logs          --items N     per request, default 100
          --connections N      default 4 (http) or 2 (grpc)     --gc MODE     workstation (default) or server
          --agent PATH         the agent's assembly             --markdown PATH  write the table there too
          --disk FOLDER        where disk queues are, default the temporary folder

        Rotel.Throughput backlog
          --mib N              size of the backlog, default 5120        --starts N      starts with it, default 5
          --mode MODE          spill (default) or always                --disk, --agent   as above
        """;

    /// <returns>0; 1 when a run failed or an accepted item did not arrive.</returns>
    public static async Task<int> RunAsync(Flags flags)
    {
        if (flags.Switch("help"))
        {
            Console.Out.WriteLine(Usage);
            return 0;
        }

        var options = DriveOptions.From(flags);
        using var stopping = new CancellationTokenSource();
        using var interrupt = StopOn(PosixSignal.SIGINT, stopping);
        using var terminate = StopOn(PosixSignal.SIGTERM, stopping);

        var rows = options.Scenarios
            .SelectMany(scenario => options.Collectors.Select(collector => new ResultRow(scenario, collector)))
            .ToArray();
        try
        {
            await RunAllAsync(rows, options, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped early: what was measured until then follows.");
        }

        var table = ResultTable.Write(rows, options);
        Console.Out.WriteLine();
        Console.Out.Write(table);
        if (options.MarkdownPath is { } path)
            await File.WriteAllTextAsync(path, table, CancellationToken.None);

        var sound = rows.All(row => row.FailedRuns == 0 && row.Runs.Count == options.Repeat && row.Runs.All(run => run.LostItems == 0));
        return sound ? 0 : 1;
    }

    // Rounds outside, collectors inside: what changes on the machine over time falls on both collectors alike.
    private static async Task RunAllAsync(ResultRow[] rows, DriveOptions options, CancellationToken stopping)
    {
        for (var round = 1; round <= options.Repeat; round++)
        {
            foreach (var row in rows)
            {
                try
                {
                    var run = await new ScenarioRun(row.Scenario, row.Collector, options).RunAsync(stopping);
                    row.Runs.Add(run);
                    Console.Out.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{round}/{options.Repeat} {row.Scenario.Name} {row.Collector}: {run.CpuSecondsPerMillion:0.00} CPU-s/M, {run.ItemsPerSecond:#,0}/s"
                        + $", JIT {run.CompilationPercent:0.0} %"));
                }
                catch (ChildProcessException exception)
                {
                    row.FailedRuns++;
                    await Console.Error.WriteLineAsync($"{round}/{options.Repeat} {row.Scenario.Name} {row.Collector} failed. {exception.Message}");
                }
            }
        }
    }

    public static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The children are ended on the way out of the runs, before the process ends.
            context.Cancel = true;
            stopping.Cancel();
        });
}
