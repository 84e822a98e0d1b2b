using System.Diagnostics;
using System.Runtime;
using Microsoft.Extensions.Hosting;
using Rotel.Throughput;
using Rotel.Throughput.Children;

namespace Rotel.Guest.Hosts;

/// <summary>
/// The application's process. Says when it has started; from then on one thread of its own waits for the driver's questions
/// (<see cref="ProcessCounters.Command"/>, <see cref="HeapReading.Command"/>) and costs nothing until they come.
/// </summary>
internal static class HostRole
{
    public const string Name = "host";

    /// <param name="entered">The <see cref="Stopwatch"/> timestamp at the beginning of <c>Main</c>.</param>
    public static async Task RunAsync(Flags flags, long entered)
    {
        await using var application = HostApplication.Build(HostSettings.From(flags));
        var built = Stopwatch.GetTimestamp();
        long started = 0;
        long processorTime = 0;
        long compiled = 0;
        application.Lifetime.ApplicationStarted.Register(() =>
        {
            started = Stopwatch.GetTimestamp();
            processorTime = (long)Environment.CpuUsage.TotalTime.TotalMicroseconds;
            compiled = JitInfo.GetCompiledMethodCount();
        });
        await application.StartAsync();

        new StartTimes(entered, built, started, processorTime, compiled, new Uri(application.Urls.Single()).Port).Write();
        StartupHook.Initialize();
        await application.WaitForShutdownAsync();
    }
}
