using System.Text;

namespace Rotel.Sharing;

public sealed class AgentFileTests : IDisposable
{
    private readonly AgentFolder _folder = new();

    [Fact]
    public void File_OpenedByTwo_IsLockedByTheFirst()
    {
        using var first = _folder.Open();
        using var second = _folder.Open();

        Assert.True(first.IsLocked);
        Assert.False(second.IsLocked);
        Assert.True(first.IsInPlace);
        Assert.Null(second.Read());

        var record = AgentFolder.Record();
        first.Write(record);
        Assert.Equal(record, second.Read());
        Assert.Equal(record, first.Read());
    }

    [Fact]
    public void Lock_IsFreeWhenItsHolderIsDisposed()
    {
        var first = _folder.Open();
        var record = AgentFolder.Record();
        first.Write(record);
        using var second = _folder.Open();
        first.Dispose();

        Assert.False(first.IsLocked);
        Assert.False(second.IsLocked);
        using var third = _folder.Open();
        Assert.True(third.IsLocked);
        Assert.Equal(record, third.Read());
        first.Dispose();
        using var fourth = _folder.Open();
        Assert.False(fourth.IsLocked);
    }

    [Fact]
    public void Record_OverALongerOne_IsReadWhole()
    {
        using var holder = _folder.Open();
        using var reader = _folder.Open();
        holder.Write(AgentFolder.Record(endpoints: 50));
        var record = AgentFolder.Record(endpoints: 0);
        holder.Write(record);

        Assert.Equal(record, reader.Read());
        Assert.Equal(record.ToBytes().Length, new FileInfo(_folder.Path).Length);
    }

    [Fact]
    public async Task Record_ReadWhileItIsWritten_IsOneOfBothOrNone()
    {
        using var holder = _folder.Open();
        using var reader = _folder.Open();
        AgentRecord[] records = [AgentFolder.Record(endpoints: 200), AgentFolder.Record(processId: 1, endpoints: 0)];
        holder.Write(records[0]);
        var isDone = false;
        var writing = Task.Run(
            () =>
            {
                for (var i = 0; i < 2000; i++)
                    holder.Write(records[i % 2]);
                Volatile.Write(ref isDone, true);
            },
            TestContext.Current.CancellationToken);

        while (!Volatile.Read(ref isDone))
        {
            if (reader.Read() is { } read)
                Assert.Contains(read, records);
        }

        await writing;
        Assert.Equal(records[1], reader.Read());
    }

    [Fact]
    public void Write_ByWhoDoesNotHoldTheLock_IsADefect()
    {
        using var first = _folder.Open();
        using var second = _folder.Open();

        Assert.Throws<InvalidOperationException>(() => second.Write(AgentFolder.Record()));
        first.Dispose();
        Assert.Throws<InvalidOperationException>(() => first.Write(AgentFolder.Record()));
    }

    [Fact]
    public void Content_OfOthers_IsNoRecord()
    {
        _folder.Open().Dispose();
        foreach (var content in (string[])["", "4711\n", new string('x', 1 << 20), "\0\0\0"])
        {
            using (var stream = new FileStream(_folder.Path, FileMode.Truncate))
                stream.Write(Encoding.ASCII.GetBytes(content));
            using var file = _folder.Open();
            Assert.True(file.IsLocked);
            Assert.Null(file.Read());
        }
    }

    [Fact]
    public void Directory_ThatIsMissing_IsMade()
    {
        using var file = AgentFile.Open(_folder.PathOf("deep/down/agent.pid"));

        Assert.True(file.IsLocked);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.PathOf("deep/down")));
        }
    }

    [Fact]
    public void OpenExisting_MakesNothing()
    {
        Assert.Null(AgentFile.OpenExisting(_folder.Path));
        Assert.Null(AgentFile.OpenExisting(_folder.PathOf("deep/down/agent.pid")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Directory));

        using var made = _folder.Open();
        using var existing = AgentFile.OpenExisting(_folder.Path);
        Assert.False(existing!.IsLocked);
    }

    [Fact]
    public void Directory_InItsPlace_IsRefused()
    {
        Directory.CreateDirectory(_folder.Path);

        var refusal = _folder.Refusal();

        Assert.StartsWith($"Rotel:PidFile (ROTEL_PID_FILE): '{_folder.Path}' cannot be opened (", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("); name a file that this user may read and write.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_OpenedByManyAtOnce_IsLockedByOne()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = _folder.PathOf($"{round}/agent.pid");
            using var start = new Barrier(8);
            var opened = new AgentFile[8];
            await Task.WhenAll(Enumerable.Range(0, opened.Length).Select(number => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    opened[number] = AgentFile.Open(path);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            Assert.Single(opened, file => file.IsLocked);
            foreach (var file in opened)
                file.Dispose();
        }
    }

    public void Dispose() => _folder.Dispose();
}
