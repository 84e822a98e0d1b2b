using System.Diagnostics;
using System.Runtime;

namespace Rotel.Throughput.Children;

/// <summary>
/// What a collector process has used since it started, read from the inside, where processor time is exact to the microsecond and the allocated bytes are known.
/// </summary>
/// <param name="CpuMicroseconds">User and kernel time of all threads.</param>
/// <param name="AllocatedBytes">Managed bytes allocated, by all threads, collected or not.</param>
/// <param name="PeakResidentBytes">The most memory the process has had resident.</param>
/// <param name="Collections">Garbage collections of any generation.</param>
/// <param name="ServerGc">Whether the process runs the server garbage collector.</param>
internal readonly record struct ProcessCounters(
    long CpuMicroseconds, long AllocatedBytes, long PeakResidentBytes, long Collections, bool ServerGc)
{
    public const string Command = "counters";

    public static void Write()
    {
        using var process = Process.GetCurrentProcess();
        ReadingLine.Write(
            Command,
            ("cpu_us", (long)Environment.CpuUsage.TotalTime.TotalMicroseconds),
            ("allocated_bytes", GC.GetTotalAllocatedBytes(precise: true)),
            ("peak_resident_bytes", process.PeakWorkingSet64),
            ("collections", GC.CollectionCount(0)),
            ("server_gc", GCSettings.IsServerGC ? 1 : 0));
    }

    public static ProcessCounters Parse(string line)
    {
        var readings = ReadingLine.Parse(line);
        return new ProcessCounters(
            readings["cpu_us"],
            readings["allocated_bytes"],
            readings["peak_resident_bytes"],
            readings["collections"],
            readings["server_gc"] != 0);
    }
}
