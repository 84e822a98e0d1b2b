using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using Rotel.Memory;
using Rotel.TestKit;
using Rotel.TestKit.Durability;

namespace Rotel.DiskLog;

/// <summary>A log on a file system in memory that can be made to fail, opened and opened again.</summary>
internal sealed class LogUnderTest
{
    public const string Directory = "/log";

    private IReadOnlyList<string> _readers = ["a"];

    public LogUnderTest(long maxBytes = 1 << 30) => Space = new DiskSpace(maxBytes);

    public MemoryFileSystem Memory { get; init; } = new();

    public FaultyFileSystem Files { get; private set; } = null!;

    public FakeTimeProvider Time { get; init; } = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    public RoomSignal Room { get; } = new();

    public LogEvents Events { get; } = new();

    public DiskSpace Space { get; set; }

    public LogSettings Settings { get; set; } =
        new(Directory, SegmentBytes: 1 << 20, TimeSpan.FromHours(24), LogStrength.CrashSafe, TimeSpan.FromMilliseconds(100));

    public SegmentLog Log { get; private set; } = null!;

    public LogReader Reader => Log.Readers[0];

    public SegmentLog Open(params string[] readers)
    {
        Files ??= new FaultyFileSystem(Memory);
        if (readers.Length > 0)
            _readers = readers;
        var (log, problem) = SegmentLog.Open(Settings, _readers, Space, Files, Time, Room, Events);
        Assert.Null(problem);
        Log = log!;
        return Log;
    }

    /// <summary>As after kill -9: what was written is there, and nobody has said goodbye.</summary>
    public async Task<SegmentLog> CrashAsync(params string[] readers)
    {
        await DieAsync();
        return Open(readers);
    }

    public async Task DieAsync()
    {
        Files.Die();
        await CloseAsync();
        Files = new FaultyFileSystem(Memory);
        Space = new DiskSpace(Space.MaxBytes);
    }

    public async Task<SegmentLog> ReopenAsync(params string[] readers)
    {
        await CloseAsync();
        return Open(readers);
    }

    public Task CloseAsync() => Watchdog.WaitAsync(Log.DisposeAsync().AsTask(), "the log closes", default);

    /// <summary>Appends a record of so many bytes; its content is made from its number.</summary>
    public async Task<AppendResult> AppendAsync(int number, int length = 100, ulong readers = ulong.MaxValue, ulong handed = 0, int items = 1)
    {
        var content = Content(number, length);
        var header = new RecordHeader
        {
            Items = items,
            Flags = (uint)number,
            AcceptedAt = Time.GetUtcNow().ToUnixTimeMilliseconds(),
            Readers = readers,
            Handed = handed,
        };
        return await Watchdog.WaitAsync(
            Log.AppendAsync(header, content.AsMemory(0, length / 3), content.AsMemory(length / 3)).AsTask(), "an append ends", default);
    }

    public async Task AppendAllAsync(int from, int count, int length = 100, ulong readers = ulong.MaxValue, ulong handed = 0)
    {
        for (var i = from; i < from + count; i++)
            Assert.Equal(AppendOutcome.Written, (await AppendAsync(i, length, readers, handed)).Outcome);
    }

    public List<int> ReadAll(LogReader? reader = null, long from = 1, bool finish = false)
    {
        using var cursor = (reader ?? Reader).OpenCursor(from);
        var numbers = new List<int>();
        while (cursor.MoveNext(out var header) == CursorState.Record)
        {
            var content = new byte[header.Length];
            if (cursor.Read(content) != CursorState.Record)
                continue;
            Assert.Equal(Content((int)header.Flags, header.Length), content);
            numbers.Add((int)header.Flags);
            if (finish)
                (reader ?? Reader).Finish(header.Sequence);
        }

        return numbers;
    }

    public IReadOnlyList<string> SegmentPaths =>
        [.. Memory.Paths.Where(path => path.EndsWith(Segment.Extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public void Damage(string path, Action<byte[]> change)
    {
        var bytes = Memory.Read(path);
        change(bytes);
        Memory.Write(path, bytes);
    }

    public static byte[] Content(int number, int length)
    {
        var content = new byte[length];
        new Random(number).NextBytes(content);
        if (length >= 4)
            BinaryPrimitives.WriteInt32LittleEndian(content, number);
        return content;
    }
}
