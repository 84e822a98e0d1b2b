using System.Diagnostics;
using System.Globalization;
using Rotel.DiskLog;
using Rotel.Memory;

namespace Rotel.Benchmarks.DiskLog;

/// <summary>
/// What the disk log costs on the disk of a directory: processor time per append, bytes per second, the opening of a large log. BenchmarkDotNet
/// has no column for the processor time of all threads, so this prints its own table.
/// </summary>
internal static class DiskLogFigures
{
    private const long SegmentBytes = 64L << 20;

    /// <summary>First argument that chooses this instead of benchmarks.</summary>
    public const string Command = "disk-log";

    /// <param name="directory">Where to write some 6 GB, which are removed.</param>
    /// <param name="largeBytes">Size of the log that is opened.</param>
    public static async Task RunAsync(string directory, long largeBytes)
    {
        Directory.CreateDirectory(directory);
        try
        {
            Console.WriteLine("| append | at once | us CPU each | MB/s |");
            Console.WriteLine("|---|---|---|---|");
            foreach (var strength in (LogStrength[])[LogStrength.CrashSafe, LogStrength.PowerSafe])
            {
                foreach (var length in (int[])[4 << 10, 49_000])
                    await AppendAsync(directory, strength, length, strength == LogStrength.CrashSafe ? 1 : 256);
            }

            await ReplayAsync(directory, largeBytes);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task AppendAsync(string directory, LogStrength strength, int length, int atOnce)
    {
        var log = Open(Path.Combine(directory, $"{strength}-{length}"), strength, out _);
        var content = new byte[length];
        new Random(1).NextBytes(content);
        await AppendAsync(log, content, atOnce, 512 / atOnce * atOnce);
        var count = (int)Math.Min(40_000, (1L << 30) / length) / atOnce * atOnce;
        var processor = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        await AppendAsync(log, content, atOnce, count);
        var seconds = watch.Elapsed.TotalSeconds;
        var spent = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {strength}, {length} B | {atOnce} | {spent.TotalMicroseconds / count:0.0} | {(double)count * length / seconds / 1e6:0} |"));
        await log.DisposeAsync();
        Directory.Delete(Path.Combine(directory, $"{strength}-{length}"), recursive: true);
    }

    private static async Task AppendAsync(SegmentLog log, byte[] content, int atOnce, int count)
    {
        var header = new RecordHeader { Items = 100, Readers = 1 };
        if (atOnce == 1)
        {
            for (var i = 0; i < count; i++)
                Check(await log.AppendAsync(header, default, content));
            return;
        }

        var tasks = new Task<AppendResult>[atOnce];
        for (var round = 0; round < count / atOnce; round++)
        {
            for (var i = 0; i < atOnce; i++)
                tasks[i] = log.AppendAsync(header, default, content).AsTask();
            foreach (var result in await Task.WhenAll(tasks))
                Check(result);
        }
    }

    private static async Task ReplayAsync(string directory, long largeBytes)
    {
        var large = Path.Combine(directory, "large");
        var content = new byte[49_000];
        new Random(1).NextBytes(content);
        var log = Open(large, LogStrength.CrashSafe, out _);
        await AppendAsync(log, content, 1, (int)(largeBytes / content.Length));
        await log.DisposeAsync();

        log = Open(large, LogStrength.CrashSafe, out var opened);
        var watch = Stopwatch.StartNew();
        var first = Read(log, content, 1);
        var toFirst = opened + watch.Elapsed;
        watch.Restart();
        var read = Read(log, content, long.MaxValue);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{log.Bytes / 1e9:0.0} GB: open {opened.TotalMilliseconds:0.0} ms, to the first record {toFirst.TotalMilliseconds:0.0} ms"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"replay, {read} records: {read * content.Length / watch.Elapsed.TotalSeconds / 1e6:0} MB/s from disk"));
        watch.Restart();
        var again = Read(log, content, (1L << 30) / content.Length);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"replay, {again} records: {again * content.Length / watch.Elapsed.TotalSeconds / 1e6:0} MB/s, the first GB"));
        await log.DisposeAsync();
        if (first != 1)
            throw new InvalidOperationException("There was no first record.");
    }

    private static long Read(SegmentLog log, byte[] content, long limit)
    {
        long count = 0;
        using var cursor = log.Readers[0].OpenCursor(1);
        while (count < limit && cursor.MoveNext(out _) == CursorState.Record)
        {
            if (cursor.Read(content) == CursorState.Record)
                count++;
        }

        return count;
    }

    private static SegmentLog Open(string directory, LogStrength strength, out TimeSpan took)
    {
        var settings = new LogSettings(directory, SegmentBytes, TimeSpan.FromDays(1), strength, TimeSpan.FromMilliseconds(100));
        var watch = Stopwatch.StartNew();
        var (log, problem) = SegmentLog.Open(
            settings, ["benchmark"], new DiskSpace(1L << 40), DiskFileSystem.Instance, TimeProvider.System, new RoomSignal(), new Silence());
        took = watch.Elapsed;
        return log ?? throw new InvalidOperationException(problem);
    }

    private static void Check(AppendResult result)
    {
        if (result.Outcome != AppendOutcome.Written)
            throw new InvalidOperationException($"An append ended with {result.Outcome}.");
    }

    private sealed class Silence : ILogEvents
    {
        public void Lost(LogReader reader, LogLoss why, long items, long records, bool ofThisRun) => throw new InvalidOperationException("Records are lost.");

        public void Damaged(string file, long bytes, string what) => Console.Error.WriteLine($"{file}: {what}");

        public void Failing(AppendOutcome outcome, string message) => Console.Error.WriteLine(message);

        public void Recovered()
        {
        }
    }
}
