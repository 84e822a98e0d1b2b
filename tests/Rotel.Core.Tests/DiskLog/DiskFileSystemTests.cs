using System.IO.Pipes;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using Rotel.Memory;

namespace Rotel.DiskLog;

public sealed class DiskFileSystemTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rotel-log-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void DirectoryLock_TakenTwice_NamesTheHolder()
    {
        var directory = Path.Combine(_directory, "queue");
        using (DirectoryLock.TryTake(directory, DiskFileSystem.Instance, out var problem))
        {
            Assert.Null(problem);
            Assert.Null(DirectoryLock.TryTake(directory, DiskFileSystem.Instance, out problem));
            Assert.Contains($"process {Environment.ProcessId}", problem, StringComparison.Ordinal);
        }

        using var again = DirectoryLock.TryTake(directory, DiskFileSystem.Instance, out var none);
        Assert.NotNull(again);
        Assert.Null(none);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Log_OnTheRealDisk_IsReadAgain(bool isPowerSafe)
    {
        var settings = new LogSettings(
            Path.Combine(_directory, "traces"), 1 << 20, TimeSpan.FromHours(1), isPowerSafe ? LogStrength.PowerSafe : LogStrength.CrashSafe,
            TimeSpan.Zero);
        for (var run = 0; run < 2; run++)
        {
            var (log, problem) = SegmentLog.Open(
                settings, ["a"], new DiskSpace(1 << 30), DiskFileSystem.Instance, new FakeTimeProvider(), new RoomSignal(), new LogEvents());
            Assert.Null(problem);
            for (var i = 0; run == 0 && i < 100; i++)
            {
                var result = await log!.AppendAsync(new RecordHeader { Readers = 1 }, new byte[10], LogUnderTest.Content(i, 30_000));
                Assert.Equal(new AppendResult(AppendOutcome.Written, i + 1), result);
            }

            using (var cursor = log!.Readers[0].OpenCursor(1))
            {
                for (var i = 0; i < 100; i++)
                {
                    Assert.Equal(CursorState.Record, cursor.MoveNext(out var header));
                    var content = new byte[header.Length];
                    Assert.Equal(CursorState.Record, cursor.Read(content));
                    Assert.Equal(LogUnderTest.Content(i, 30_000), content[10..]);
                }

                Assert.Equal(CursorState.End, cursor.MoveNext(out _));
            }

            await log.DisposeAsync();
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(settings.Directory));
            foreach (var file in Directory.GetFiles(settings.Directory))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Links_AreNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links takes a right of its own.");
        var target = Path.Combine(_directory, "target");
        File.WriteAllText(target, "not ours");
        var link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, target);
        Assert.Throws<UnauthorizedAccessException>(() => DiskFileSystem.Instance.Open(link, FileUse.Read));
        Assert.Throws<UnauthorizedAccessException>(() => DiskFileSystem.Instance.Open(link, FileUse.Write));
        Assert.ThrowsAny<IOException>(() => DiskFileSystem.Instance.Open(link, FileUse.Create));
        Assert.False(DiskFileSystem.Instance.List(_directory).Single(entry => entry.Name == "link").IsFile);

        var real = Directory.CreateDirectory(Path.Combine(_directory, "real")).FullName;
        var way = Path.Combine(_directory, "way");
        Directory.CreateSymbolicLink(way, real);
        Assert.Contains("is a link", DiskFileSystem.Instance.TryUseDirectory(way), StringComparison.Ordinal);
        Assert.Null(DiskFileSystem.Instance.TryUseDirectory(real));
        Assert.NotNull(DiskFileSystem.Instance.TryUseDirectory(target));
    }

    [Fact]
    public void Sync_RefusedByTheSystem_IsAnError()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There it is .NET's own.");
        using var pipe = new AnonymousPipeServerStream();
        using var handle = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        using var file = new DiskFile(handle, handle);
        Assert.Throws<IOException>(file.Sync);
        DiskFileSystem.Instance.SyncDirectory(_directory);
    }

    [Fact]
    public void TryUseDirectory_SeveralMissing_MakesThemAll()
    {
        var path = Path.Combine(_directory, "one", "two", "three");
        Assert.Null(DiskFileSystem.Instance.TryUseDirectory(path));
        Assert.True(Directory.Exists(path));
        Assert.Null(DiskFileSystem.Instance.TryUseDirectory(path));
    }

    [Fact]
    public async Task Log_DirectoryRemoved_IsMadeAgain()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There nobody removes what is in use.");
        var settings = new LogSettings(
            Path.Combine(_directory, "queue", "traces"), 1 << 20, TimeSpan.FromHours(1), LogStrength.CrashSafe, TimeSpan.Zero);
        var (log, _) = SegmentLog.Open(
            settings, ["a"], new DiskSpace(1 << 30), DiskFileSystem.Instance, new FakeTimeProvider(), new RoomSignal(), new LogEvents());
        Directory.Delete(Path.Combine(_directory, "queue"), recursive: true);
        DiskFileSystem.Instance.Delete(Path.Combine(settings.Directory, "none"));
        Assert.Equal(AppendOutcome.Written, (await log!.AppendAsync(new RecordHeader { Readers = 1 }, new byte[10], default)).Outcome);
        Assert.Contains(Directory.GetFiles(settings.Directory), path => path.EndsWith(Segment.Extension, StringComparison.Ordinal));
        await log.DisposeAsync();
    }

    [Fact]
    public void Open_NoFile_SaysSo() =>
        Assert.Throws<FileNotFoundException>(() => DiskFileSystem.Instance.Open(Path.Combine(_directory, "none"), FileUse.Read));
}
