using System.Globalization;
using System.Runtime.InteropServices;

namespace Rotel.Throughput.Drive;

/// <summary>
/// What a backlog on disk costs at the start: fills one, then starts the agent with it again and again, killing it at the first delivery,
/// and lets the last start deliver all of it while fresh spans come in.
/// </summary>
internal static class BacklogRole
{
    /// <returns>0; 1 when a span that was accepted did not arrive.</returns>
    public static async Task<int> RunAsync(Flags flags)
    {
        var bytes = (long)flags.Count("mib", 5120) << 20;
        var starts = flags.Count("starts", 5);
        var mode = flags.OneOf("mode", "spill", "spill", "always");
        var agentPath = DriveOptions.AgentPathFrom(flags);
        var disk = flags.Text("disk", Path.GetTempPath());
        flags.RefuseUnknown();

        using var stopping = new CancellationTokenSource();
        using var interrupt = DriveRole.StopOn(PosixSignal.SIGINT, stopping);
        using var terminate = DriveRole.StopOn(PosixSignal.SIGTERM, stopping);
        using var folder = new RunFolder(disk);
        await using var run = new BacklogRun(agentPath, folder, bytes, mode);

        Print($"{Machine.Describe()}; mode {mode}, 100 spans per request");
        var filled = await run.FillAsync(stopping.Token);
        Print($"filled: {folder.Bytes() >> 20:#,0} MiB, {filled:#,0} spans");

        for (var start = 1; start < starts; start++)
        {
            await using var killed = await run.StartAsync(stopping.Token);
            PrintStart(start, starts, killed);
        }

        await using (var last = await run.StartAsync(stopping.Token))
        {
            PrintStart(starts, starts, last);
            var replay = await run.ReplayAsync(last, stopping.Token);
            var seconds = replay.Time.TotalSeconds;
            Print($"replay: {replay.Spans / seconds:#,0} spans/s, {replay.Bytes / 1e6 / seconds:0} MB/s for {seconds:0.0} s");
            Print($"agent: {replay.CpuSecondsPerMillion:0.00} CPU-s/M with its start, peak RSS {replay.PeakResidentBytes / 1e6:0} MB");
            Print($"fresh spans: {replay.FreshSent} sent, {replay.FreshRefused} refused, {run.Fresh.Arrived} arrived");
            if (replay.FreshDelays is { Length: > 0 } delays)
            {
                var (median, longest) = (delays[delays.Length / 2].TotalMilliseconds, delays[^1].TotalMilliseconds);
                Print($"{delays.Length} of them during the replay: median {median:0} ms, longest {longest:0} ms");
            }
        }

        var missing = filled - run.Delivered;
        Print($"delivered: {run.Delivered:#,0} spans, {filled:#,0} were accepted; the difference is in flight at the kills");
        return missing > 0 ? 1 : 0;
    }

    private static void PrintStart(int start, int starts, BacklogStart started) => Print(
        $"start {start}/{starts}: ready after {started.Ready.TotalSeconds:0.00} s, delivers after {started.FirstDelivery.TotalSeconds:0.00} s");

    private static void Print(FormattableString line) => Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
