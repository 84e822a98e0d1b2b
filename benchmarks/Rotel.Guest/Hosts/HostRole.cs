using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Rotel.Throughput;
using Rotel.Throughput.Children;

namespace Rotel.Guest.Hosts;

/// <summary>
/// The application's process. Says when it has started; from then on one thread of its own waits for the driver's questions
/// (<see cref="ProcessCounters.Command"/>) and costs nothing until they come.
/// </summary>
internal static class HostRole
{
    public const string Name = "host";

    /// <param name="entered">The <see cref="Stopwatch"/> timestamp at the beginning of <c>Main</c>.</param>
    public static async Task RunAsync(Flags flags, long entered)
    {
        var variant = flags.OneOf("variant", HostVariant.Plain, [.. HostVariant.All]);
        var backend = new Uri(flags.Text("backend", "http://127.0.0.1:4318"));
        var gzip = flags.Switch("gzip");
        flags.RefuseUnknown();

        await using var application = HostApplication.Build(variant, backend, gzip);
        var built = Stopwatch.GetTimestamp();
        long started = 0;
        long processorTime = 0;
        application.Lifetime.ApplicationStarted.Register(() =>
        {
            started = Stopwatch.GetTimestamp();
            processorTime = (long)Environment.CpuUsage.TotalTime.TotalMicroseconds;
        });
        await application.StartAsync();

        new StartTimes(entered, built, started, processorTime, new Uri(application.Urls.Single()).Port).Write();
        StartupHook.Initialize();
        await application.WaitForShutdownAsync();
    }
}
