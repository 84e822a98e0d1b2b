using Rotel.TestKit;

namespace Rotel.DiskLog;

public sealed class SegmentLogRetentionTests
{
    private const int Record = 10_000;

    [Fact]
    public async Task Segments_AllReadersHavePassed_AreDeleted()
    {
        var test = new LogUnderTest { Settings = Small() };
        test.Open("a", "b");
        await test.AppendAllAsync(0, 50, Record);
        var before = test.SegmentPaths.Count;
        Assert.True(before > 4);
        test.ReadAll(test.Log.Readers[0], finish: true);
        test.Log.Readers[0].Save();
        test.ReadAll(test.Log.Readers[1], finish: true);
        Assert.Equal(before, test.SegmentPaths.Count);
        test.Log.Readers[1].Save();
        await test.CloseAsync();
        Assert.Empty(test.SegmentPaths);
        Assert.Empty(test.Events.Losses);
    }

    [Fact]
    public async Task Append_PastTheCap_DropsTheOldestSegmentAndCountsWhoMissesIt()
    {
        var test = new LogUnderTest(maxBytes: 200_000) { Settings = Small() };
        test.Open("a", "b");
        await test.AppendAllAsync(0, 10, Record, readers: 3);
        test.Log.Readers[1].Finish(1);
        test.Log.Readers[1].Finish(2);
        await test.AppendAllAsync(10, 30, Record, readers: 3, handed: 2);
        Assert.True(test.Space.UsedBytes <= 200_000);
        Assert.Equal(test.Space.UsedBytes, test.Log.Bytes);

        var left = test.ReadAll(test.Log.Readers[0]);
        var lost = test.Events.Losses.Where(loss => loss.Reader == "a").Sum(loss => loss.Records);
        Assert.Equal(40, left.Count + lost);
        Assert.Equal(Enumerable.Range((int)lost, left.Count), left);
        Assert.Equal(8, test.Events.Losses.Where(loss => loss.Reader == "b").Sum(loss => loss.Items));
        Assert.All(test.Events.Losses, loss => Assert.Equal(LogLoss.Bytes, loss.Why));
        Assert.Equal(lost + 1, test.Log.Readers[0].Position);
        await test.CrashAsync();
        Assert.Equal(left, test.ReadAll(test.Log.Readers[0]));
        Assert.DoesNotContain(test.Events.Losses, loss => loss.Why == LogLoss.Damage);
    }

    [Fact]
    public async Task Append_PastTheCapWithNothingToDrop_AsksAnotherLogThenIsRefused()
    {
        var test = new LogUnderTest(maxBytes: 200_000) { Settings = Small() };
        test.Open();
        await test.AppendAllAsync(0, 15, Record);
        var other = new LogUnderTest { Space = test.Space, Settings = Small() with { SegmentBytes = 1 << 20 } };
        other.Open();
        await other.AppendAllAsync(0, 12, Record);
        Assert.NotEmpty(test.Events.Losses);
        while ((await other.AppendAsync(0, Record)).Outcome == AppendOutcome.Written)
        {
        }

        Assert.Equal(["NoSpace"], other.Events.States);
        var room = other.Room.NextRelease();
        test.ReadAll(finish: true);
        test.Reader.Save();
        await test.CloseAsync();
        await Watchdog.WaitAsync(room, "bytes given back wake who waits", TestContext.Current.CancellationToken);
        Assert.Equal(AppendOutcome.Written, (await other.AppendAsync(0, Record)).Outcome);
    }

    [Fact]
    public async Task Append_CapTakenByWhatIsFinished_BeginsAnew()
    {
        var test = new LogUnderTest(maxBytes: 100_000) { Settings = Small() with { SegmentBytes = 1 << 20 } };
        test.Open();
        for (var i = 0; i < 50; i++)
        {
            await test.AppendAllAsync(i, 1, Record);
            test.Reader.Finish(i + 1);
        }

        Assert.Empty(test.Events.Losses);
        Assert.Empty(test.Events.States);
    }

    [Fact]
    public async Task Cursor_SegmentDroppedMeanwhile_SkipsIt()
    {
        var test = new LogUnderTest(maxBytes: 200_000) { Settings = Small() };
        test.Open();
        await test.AppendAllAsync(0, 15, Record);
        using var cursor = test.Reader.OpenCursor(1);
        Assert.Equal(CursorState.Record, cursor.MoveNext(out var header));
        await test.AppendAllAsync(15, 15, Record);
        Assert.Equal(CursorState.End, cursor.Read(new byte[header.Length]));
        Assert.Equal(CursorState.Record, cursor.MoveNext(out header));
        Assert.Equal(test.Reader.Position, header.Sequence);
        Assert.Equal(CursorState.Record, cursor.Read(new byte[header.Length]));
        Assert.Equal(header.Sequence - 1, test.Events.Losses.Sum(loss => loss.Records));
    }

    [Fact]
    public async Task Segments_TooOld_AreDroppedByTheTimer()
    {
        var test = new LogUnderTest { Settings = Small() };
        test.Open();
        await test.AppendAllAsync(0, 3, Record);
        await AdvanceAsync(test, TimeSpan.FromHours(4));
        await test.AppendAllAsync(3, 3, Record);
        Assert.Equal(2, test.SegmentPaths.Count);
        await AdvanceAsync(test, TimeSpan.FromHours(20) - TimeSpan.FromMinutes(2));
        Assert.Empty(test.Events.Losses);
        await AdvanceAsync(test, TimeSpan.FromMinutes(4));
        await Watchdog.UntilAsync(
            test.Events.Changes, () => !test.Events.Losses.IsEmpty, () => "a loss by age", TestContext.Current.CancellationToken);
        Assert.Equal([("a", LogLoss.Age, 3L, 3L)], test.Events.Losses);
        Assert.Equal([3, 4, 5], test.ReadAll());
    }

    [Fact]
    public async Task Open_SegmentsTooOld_DropsThem()
    {
        var test = new LogUnderTest { Settings = Small() };
        test.Open();
        await test.AppendAllAsync(0, 20, Record);
        await test.CloseAsync();
        test.Time.Advance(TimeSpan.FromHours(25));
        test.Open();
        await Watchdog.UntilAsync(
            test.Events.Changes, () => test.Events.Losses.Sum(loss => loss.Records) == 20, () => "losses by age",
            TestContext.Current.CancellationToken);
        await test.CloseAsync();
        Assert.Empty(test.SegmentPaths);
    }

    [Fact]
    public async Task Append_NoRoomWhateverIsDropped_DropsNothing()
    {
        var test = new LogUnderTest(maxBytes: 400_000) { Settings = Small() };
        test.Open();
        Assert.True(test.Space.TryReserve(200_000));
        await test.AppendAllAsync(0, 15, 10_000);
        Assert.Equal(AppendOutcome.NoSpace, (await test.AppendAsync(15, 250_000)).Outcome);
        Assert.Empty(test.Events.Losses);
        Assert.Equal(Enumerable.Range(0, 15), test.ReadAll());
        await test.CloseAsync();
    }

    [Fact]
    public async Task Segments_CannotBeDeleted_AreKeptAndCounted()
    {
        var test = new LogUnderTest(maxBytes: 200_000) { Settings = Small() };
        test.Open();
        test.Files.Fail(TestKit.Durability.FileOperation.Delete, TestKit.Durability.FileFaults.InputOutput);
        var number = 0;
        while ((await test.AppendAsync(number, Record)).Outcome == AppendOutcome.Written)
            number++;
        Assert.True(number > 10);
        Assert.Empty(test.Events.Losses);
        Assert.Equal(Enumerable.Range(0, number), test.ReadAll());
        test.Files.Heal();
        Assert.Equal(AppendOutcome.Written, (await test.AppendAsync(number, Record)).Outcome);
    }

    private static LogSettings Small() => new(
        LogUnderTest.Directory, SegmentBytes: 50_000, TimeSpan.FromHours(24), LogStrength.CrashSafe, TimeSpan.Zero);

    /// <summary>The timer is set anew by the log's own thread.</summary>
    private static async Task AdvanceAsync(LogUnderTest test, TimeSpan time)
    {
        test.Time.Advance(time);
        await test.Log.RestAsync();
        test.Time.Advance(TimeSpan.FromMinutes(1));
        await test.Log.RestAsync();
    }
}
