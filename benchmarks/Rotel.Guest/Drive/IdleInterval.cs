using System.Diagnostics;

namespace Rotel.Guest.Drive;

/// <summary>The threads of one host at the beginning of an interval in which nobody asks anything of it.</summary>
internal sealed class IdleInterval(HostProcess host)
{
    private readonly Dictionary<int, ThreadReading> _before = ProcessStatus.Threads(host.Id);
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Ends the interval and writes down what the host has used in it, per second.</summary>
    public void End(Figures figures)
    {
        var seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        var used = ProcessStatus.Threads(host.Id).Select(thread => Since(thread.Value, _before.GetValueOrDefault(thread.Key))).ToArray();
        figures.Add(Figure.IdleCpu, host.Variant, used.Sum(thread => thread.CpuMilliseconds) / seconds);
        figures.Add(Figure.IdleWakeUps, host.Variant, used.Sum(thread => thread.WakeUps) / seconds);
        foreach (var name in used.GroupBy(thread => thread.Name, StringComparer.Ordinal))
            figures.AddWakeUps(name.Key, host.Variant, name.Sum(thread => thread.WakeUps) / seconds);
    }

    private static ThreadReading Since(ThreadReading now, ThreadReading before) =>
        now with { CpuMilliseconds = now.CpuMilliseconds - before.CpuMilliseconds, WakeUps = now.WakeUps - before.WakeUps };
}
