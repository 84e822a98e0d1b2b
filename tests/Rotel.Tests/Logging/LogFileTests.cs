using Microsoft.Extensions.Logging;

namespace Rotel.Logging;

public sealed class LogFileTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    public void File_IsMadeWithItsDirectoryAndAppendedTo()
    {
        var path = _folder.Files.PathOf("deep/down/rotel.log");
        Write(path, "first");
        Write(path, "second");

        Assert.Equal(["first", "second"], MessagesOf(path));
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode most = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(path) & ~most);
            Assert.Equal(
                (UnixFileMode)0,
                File.GetUnixFileMode(Path.GetDirectoryName(path)!) & (UnixFileMode.GroupWrite | UnixFileMode.OtherRead));
        }
    }

    [Fact]
    public void Line_IsInTheFileWhenTheCallReturns()
    {
        using var factory = _folder.Create();
        factory.CreateLogger("Rotel").Log(LogLevel.Error, "last words");

        Assert.Equal(["last words"], MessagesOf(_folder.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void File_MovedAway_IsMadeAnew(bool renamed)
    {
        using var factory = _folder.Create();
        var logger = factory.CreateLogger("Rotel");
        logger.Log(LogLevel.Information, "before");
        if (renamed)
            File.Move(_folder.Path, _folder.Path + ".1");
        else
            File.Delete(_folder.Path);

        logger.Log(LogLevel.Information, "within the second");
        Assert.False(File.Exists(_folder.Path));
        _folder.Time.Advance(TimeSpan.FromSeconds(1));
        logger.Log(LogLevel.Information, "after");

        Assert.Equal(["after"], MessagesOf(_folder.Path));
        if (renamed)
            Assert.Equal(["before", "within the second"], MessagesOf(_folder.Path + ".1"));
    }

    [Fact]
    public void Link_AtThePath_IsAnErrorThatNamesSettingAndFix()
    {
        var target = _folder.Files.PathOf("target");
        File.WriteAllText(target, "theirs\n");
        File.CreateSymbolicLink(_folder.Path, target);

        var error = Assert.Single(Assert.Throws<RotelConfigurationException>(() => _folder.Create()).Errors);
        Assert.StartsWith("Rotel:LogFile (ROTEL_LOG_FILE): ", error, StringComparison.Ordinal);
        Assert.Contains(
            "is a link, which is not followed; name a file that this process may write, or leave it out.",
            error,
            StringComparison.Ordinal);
        Assert.Equal("theirs\n", File.ReadAllText(target));
    }

    /// <summary>Also one that points nowhere, which a careless creation would follow, and one that is put there later.</summary>
    [Fact]
    public void Link_ThatAppearsLater_IsNotFollowed()
    {
        using var factory = _folder.Create();
        var logger = factory.CreateLogger("Rotel");
        File.Delete(_folder.Path);
        var target = _folder.Files.PathOf("target");
        File.CreateSymbolicLink(_folder.Path, target);
        _folder.Time.Advance(TimeSpan.FromSeconds(2));

        logger.Log(LogLevel.Information, "a message");

        Assert.False(File.Exists(target));
    }

    [Theory]
    [InlineData("/dev/null/rotel.log")]
    [InlineData("/proc/rotel.log")]
    public void Place_ThatCannotBeWritten_IsAnErrorAtTheStart(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Paths of Linux.");

        var error = Assert.Single(Assert.Throws<RotelConfigurationException>(() => _folder.CreateAt(path)).Errors);
        Assert.StartsWith($"Rotel:LogFile (ROTEL_LOG_FILE): '{path}' cannot be opened for appending (", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_InPlaceOfAFile_IsAnError()
    {
        var error = Assert.Single(Assert.Throws<RotelConfigurationException>(() => _folder.CreateAt(_folder.Files.Directory)).Errors);

        Assert.Contains("is a directory; add the name of a file", error, StringComparison.Ordinal);
    }

    /// <summary>The device is a disk without room.</summary>
    [Fact]
    public void FullDisk_IsCountedAndToldTheHostOncePerInterval()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "No /dev/full here.");
        using var factory = _folder.CreateAt("/dev/full");
        var logger = factory.CreateLogger("Rotel");
        for (var i = 0; i < 5; i++)
            logger.Log(LogLevel.Information, "a message");
        _folder.Time.Advance(TimeSpan.FromSeconds(10));
        logger.Log(LogLevel.Information, "a message");

        Assert.Equal([5150, 5150], _folder.Host.Lines.Select(line => line.EventId));
        Assert.StartsWith(
            "1 times a message could not be written to the log file: '/dev/full' cannot be written (",
            _folder.Host.Lines[0].Message,
            StringComparison.Ordinal);
        Assert.StartsWith("5 times", _folder.Host.Lines[1].Message, StringComparison.Ordinal);
        Assert.Equal(6, ((LogFile)((LineLoggerFactory)factory).Sink).Lost);
    }

    [Fact]
    public void File_ThatCanBeWrittenAgain_SaysWhatIsMissing()
    {
        using var sink = new LogFile(_folder.Path, _folder.Time);
        var recovered = new List<(long Lost, string Problem)>();
        sink.Recovered = (lost, problem) => recovered.Add((lost, problem));
        Directory.CreateDirectory(_folder.Path);
        sink.Write("one\n"u8);
        sink.Write("two\n"u8);
        Directory.Delete(_folder.Path);
        sink.Write("three\n"u8);

        Assert.Equal(["three"], _folder.Lines);
        var (lost, problem) = Assert.Single(recovered);
        Assert.Equal(2, lost);
        Assert.Contains("cannot be opened for appending", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void HalfALine_OfWhoWasKilled_DoesNotSwallowTheNext()
    {
        File.WriteAllText(_folder.Path, "half a li");
        Write(_folder.Path, "whole");

        Assert.Equal("half a li", _folder.Lines[0]);
        Assert.Equal(["whole"], MessagesOf(_folder.Path)[1..]);
    }

    [Fact]
    public async Task Threads_WriteWholeLines()
    {
        using var factory = _folder.Create("ROTEL_LOG_FORMAT=json");
        const int threads = 4;
        const int messages = 500;
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            var logger = factory.CreateLogger($"Rotel.{thread}");
            for (var i = 0; i < messages; i++)
                logger.Log(LogLevel.Information, "{Number} {Filling}", i, new string('x', i));
        })));

        var numbers = _folder.Lines.Select(LogFolder.Read)
            .ToLookup(
                line => line.GetProperty("category").GetString(), line => line.GetProperty("values").GetProperty("Number").GetInt32());
        Assert.Equal(threads, numbers.Count);
        Assert.All(numbers, thread => Assert.Equal(Enumerable.Range(0, messages), thread));
    }

    /// <summary>A line that is made needs a text for its message and little else, whatever was logged before it.</summary>
    [Fact]
    public void Lines_OneAfterAnother_UseTheSameMemory()
    {
        using var factory = _folder.Create();
        var logger = factory.CreateLogger("Rotel");
        var state = new List<KeyValuePair<string, object?>>();
        for (var i = 0; i < 10; i++)
            logger.Log(LogLevel.Information, 1, state, null, static (_, _) => "a message");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            logger.Log(LogLevel.Information, 1, state, null, static (_, _) => "a message");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string path, string message)
    {
        using var factory = _folder.CreateAt(path);
        factory.CreateLogger("Rotel").Log(LogLevel.Information, "{Message}", message);
    }

    private static string[] MessagesOf(string path) =>
        [.. File.ReadAllLines(path).Select(line => line[(line.IndexOf("] ", StringComparison.Ordinal) + 2)..])];
}
