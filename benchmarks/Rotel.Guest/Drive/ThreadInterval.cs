using System.Diagnostics;

namespace Rotel.Guest.Drive;

/// <summary>What the threads of a process use from now on, by the kernel's counts; the process takes no part in it.</summary>
internal sealed class ThreadInterval(MeasuredProcess process)
{
    private readonly Dictionary<int, ThreadReading> _before = ProcessStatus.Threads(process.Id);
    private readonly long _start = Stopwatch.GetTimestamp();

    public MeasuredProcess Process => process;

    /// <returns>The seconds that have passed, and what each thread that is still there has used in them.</returns>
    public (double Seconds, ThreadReading[] Threads) End()
    {
        var seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        var now = ProcessStatus.Threads(process.Id);
        return (seconds, [.. now.Select(thread => Since(thread.Value, _before.GetValueOrDefault(thread.Key)))]);
    }

    private static ThreadReading Since(ThreadReading now, ThreadReading before) =>
        now with { CpuMilliseconds = now.CpuMilliseconds - before.CpuMilliseconds, WakeUps = now.WakeUps - before.WakeUps };
}
