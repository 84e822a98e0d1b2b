using System.Runtime.InteropServices;
using Rotel.Configuration;
using Rotel.DeadLetters;
using Rotel.Logging;

namespace Rotel.Agent.Replay;

/// <summary>The command <c>rotel replay</c>: sends what destinations had refused for good again.</summary>
internal static class ReplayCommand
{
    public const string Usage =
        """
        Sends dead letters again: what destinations refused for good and ROTEL_DEAD_LETTER_DIRECTORY has kept.

          rotel replay DIR [flags]   the flags are those of rotel start, and

          --to NAME                  sends all to this exporter; else each line to the one that it names

        Nothing is received meanwhile, and nothing passes processors once more. What arrives is deleted from DIR;
        what is refused again, or cannot be sent, stays there. A Rotel may write to DIR at the same time. Interrupted,
        or killed, it may send something twice when it is started again, and loses nothing.

        Exit codes: 0 all was delivered, 1 something is left, 2 the configuration is wrong, or there is no DIR.

        """;

    /// <param name="plan">What <c>rotel start</c> would run.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="output">Where the summary goes.</param>
    /// <param name="error">Where it is said what is left and why.</param>
    public static async Task<int> RunAsync(RotelPlan plan, ReplayOptions options, TextWriter output, TextWriter error)
    {
        try
        {
            if (await FindProblemAsync(plan, options, error).ConfigureAwait(false) is { } code)
                return code;
            using var stop = new CancellationTokenSource();
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            var report = await ReplayAsync(plan, options, stop.Token).ConfigureAwait(false);
            await report.WriteAsync(output, error).ConfigureAwait(false);
            return report.IsGood ? RotelCommand.Success : RotelCommand.CannotStart;

            void Stop(PosixSignalContext context)
            {
                // A second one ends the process at once.
                context.Cancel = !stop.IsCancellationRequested;
                stop.Cancel();
            }
        }
        finally
        {
            if (plan.Files is { } files)
                await files.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<int?> FindProblemAsync(RotelPlan plan, ReplayOptions options, TextWriter error)
    {
        if (!plan.IsEnabled)
        {
            await error.WriteLineAsync("Rotel is switched off: ROTEL_ENABLED is false.").ConfigureAwait(false);
            return RotelCommand.CannotStart;
        }

        if (!Directory.Exists(options.Directory))
        {
            await error.WriteLineAsync($"rotel replay: there is no directory '{options.Directory}'.").ConfigureAwait(false);
            return RotelCommand.WrongUsage;
        }

        if (options.Exporter is { } name && !plan.Exporters.Any(exporter => exporter.Name == name))
        {
            await error.WriteLineAsync($"--to: no exporter is named '{name}' and used by a signal.").ConfigureAwait(false);
            return RotelCommand.WrongUsage;
        }

        return null;
    }

    private static async Task<ReplayReport> ReplayAsync(RotelPlan plan, ReplayOptions options, CancellationToken stop)
    {
        var report = new ReplayReport();
        using var loggers = RotelLog.OfCommand(plan);
        var destinations = new ReplayDestinations(plan, loggers);
        await using (destinations.ConfigureAwait(false))
        {
            using var stopping = stop.UnsafeRegister(static destinations => ((ReplayDestinations)destinations!).Stop(), destinations);
            var run = new ReplayRun(destinations, options.Exporter, report, stop);
            List<FileInfo> files;
            try
            {
                files = DeadLetterFiles.Find(options.Directory);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                report.Kept(options.Directory, 0, exception.Message);
                return report;
            }

            foreach (var file in files)
            {
                if (stop.IsCancellationRequested)
                    report.Kept(file.Name, 0, "interrupted");
                else
                    await run.ReplayAsync(file.FullName).ConfigureAwait(false);
            }

            await destinations.FlushAsync().ConfigureAwait(false);
        }

        return report;
    }
}
