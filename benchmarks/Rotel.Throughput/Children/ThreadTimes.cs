using System.Globalization;

namespace Rotel.Throughput.Children;

/// <summary>The processor time of some of this process's threads, from the kernel's counts.</summary>
internal static class ThreadTimes
{
    private const string Folder = "/proc/self/task";

    /// <summary>What the kernel counts in: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html.</summary>
    private const long MicrosecondsPerTick = 10_000;

    /// <summary>User and kernel time of the live threads whose names begin with <paramref name="prefix"/>; 0 where it cannot be known.</summary>
    public static long OfThreads(string prefix)
    {
        if (!Directory.Exists(Folder))
            return 0;

        long ticks = 0;
        foreach (var thread in Directory.EnumerateDirectories(Folder))
        {
            try
            {
                if (File.ReadAllText($"{thread}/comm").StartsWith(prefix, StringComparison.Ordinal))
                    ticks += TicksOf(File.ReadAllText($"{thread}/stat"));
            }
            catch (IOException)
            {
                // It has ended in between.
            }
        }

        return ticks * MicrosecondsPerTick;
    }

    /// <summary>The 14th and 15th field; the second is a name in brackets that may hold spaces.</summary>
    private static long TicksOf(string status)
    {
        var fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
