using System.Runtime.InteropServices;
using Rotel.Throughput;
using Rotel.Throughput.Drive;

namespace Rotel.Guest.Drive;

/// <summary>Runs the hosts, taking turns, and prints what they cost side by side.</summary>
internal static class DriveRole
{
    public const string Usage = """

        Rotel.Guest [drive]
          --host LIST          of bare, silent (the SDK without exporter), plain (its own exporter), agent (the same, to a rotel process),
                               loopback (to Rotel in the process), handoff (handed to Rotel), rotel (handed, and listening);
                               default bare,silent,agent,loopback,handoff
          --against HOST       what the others are compared with, default agent
          --rounds N           of starts with an idle interval, default 2; 0 for none
          --starts N           of each host in a round, default 6
          --settle N           seconds before the idle interval, default 20   --idle N       seconds of it, default 10
          --sets N             of hosts under load, default 2; 0 for none
          --slices N           turns of each host in a set, default 4         --seconds N    of a turn, default 3
          --warmup N           seconds of each host, default 8                --rate N       requests/s, default 1500
          --connections N      of the clients, default 16                     --gzip         compress what is exported
          --gc MODE            server (default) or workstation                --agent PATH   of Rotel.Agent.dll
          --quick              about a minute and a half in all               --markdown PATH   write the tables there too
        """;

    /// <returns>0; 1 when a host failed, refused requests, or its telemetry did not arrive.</returns>
    public static async Task<int> RunAsync(Flags flags)
    {
        if (flags.Switch("help"))
        {
            Console.Out.WriteLine(Usage);
            return 0;
        }

        var options = GuestOptions.From(flags);
        if (!OperatingSystem.IsLinux())
            throw new FlagException("Memory and threads of the hosts are read from /proc: this needs Linux.");

        using var stopping = new CancellationTokenSource();
        using var interrupt = StopOn(PosixSignal.SIGINT, stopping);
        using var terminate = StopOn(PosixSignal.SIGTERM, stopping);
        var figures = new Figures();
        var sound = false;
        await using (var backends = await Backends.StartAsync(options, stopping.Token))
        {
            try
            {
                await new StartRounds(options, backends, figures).RunAsync(stopping.Token);
                sound = await new LoadSets(options, backends, figures).RunAsync(stopping.Token);
            }
            catch (ChildProcessException exception)
            {
                await Console.Error.WriteLineAsync($"Stopped early: what was measured until then follows. {exception.Message}");
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync("Stopped early: what was measured until then follows.");
            }
        }

        var tables = GuestTables.Write(figures, options);
        Console.Out.WriteLine();
        Console.Out.Write(tables);
        if (options.MarkdownPath is { } path)
            await File.WriteAllTextAsync(path, tables, CancellationToken.None);
        return sound ? 0 : 1;
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The children are ended on the way out of the runs, before the process ends.
            context.Cancel = true;
            stopping.Cancel();
        });
}
