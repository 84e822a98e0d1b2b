using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace Rotel.Throughput.Children;

/// <summary>
/// What a collector process has used since it started, read from the inside, where processor time is exact to the microsecond and the
/// allocated bytes are known.
/// </summary>
/// <param name="CpuMicroseconds">User and kernel time of all threads.</param>
/// <param name="AllocatedBytes">Managed bytes allocated, by all threads, collected or not.</param>
/// <param name="PeakResidentBytes">The most memory the process has had resident.</param>
/// <param name="Collections">Garbage collections of any generation.</param>
/// <param name="CompilationMicroseconds">Time spent in the just-in-time compiler: what a longer warm-up would have taken out of the
/// measured part.</param>
/// <param name="KafkaClientMicroseconds">User and kernel time of librdkafka's own threads, where there are any; on Linux, to 10 ms a thread.</param>
/// <param name="FileBytes">Bytes written to files and pipes, not to sockets, in the page cache or further; on Linux.</param>
/// <param name="ServerGc">Whether the process runs the server garbage collector.</param>
internal readonly record struct ProcessCounters(
    long CpuMicroseconds,
    long AllocatedBytes,
    long PeakResidentBytes,
    long Collections,
    long CompilationMicroseconds,
    long KafkaClientMicroseconds,
    long FileBytes,
    bool ServerGc)
{
    public const string Command = "counters";

    /// <summary>The just-in-time compiler's share of the processor time between two readings, in percent; its time includes waiting for a
    /// core.</summary>
    public double CompilationPercentSince(ProcessCounters before) =>
        100.0 * (CompilationMicroseconds - before.CompilationMicroseconds) / Math.Max(1, CpuMicroseconds - before.CpuMicroseconds);

    public static void Write()
    {
        using var process = Process.GetCurrentProcess();
        ReadingLine.Write(
            Command,
            ("cpu_us", (long)Environment.CpuUsage.TotalTime.TotalMicroseconds),
            ("allocated_bytes", GC.GetTotalAllocatedBytes(precise: true)),
            ("peak_resident_bytes", process.PeakWorkingSet64),
            ("collections", GC.CollectionCount(0)),
            ("compilation_us", (long)JitInfo.GetCompilationTime().TotalMicroseconds),
            ("kafka_client_us", ThreadTimes.OfThreads("rdk:")),
            ("file_bytes", WrittenBytes()),
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
            readings["compilation_us"],
            readings["kafka_client_us"],
            readings["file_bytes"],
            readings["server_gc"] != 0);
    }

    /// <summary>What the kernel counts for write(2) and its like; sockets are written to by other calls.</summary>
    /// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_io.5.html</remarks>
    private static long WrittenBytes()
    {
        const string Counts = "/proc/self/io";
        const string Written = "wchar: ";
        if (!File.Exists(Counts))
            return 0;
        var line = File.ReadLines(Counts).FirstOrDefault(line => line.StartsWith(Written, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.AsSpan(Written.Length), CultureInfo.InvariantCulture);
    }
}
