using Rotel.TestKit;
using Rotel.TestKit.Durability;

namespace Rotel.DiskLog;

public sealed class SegmentLogFailureTests
{
    [Fact]
    public async Task Append_DiskFull_TriesOncePerSecondAndRecovers()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 2);
        var writes = 0;
        test.Files.Fail((operation, path) =>
            operation == FileOperation.Write && ++writes > 0 ? FileFaults.NoSpace() : null);
        Assert.Equal(AppendOutcome.NoSpace, (await test.AppendAsync(2)).Outcome);
        Assert.Equal(AppendOutcome.NoSpace, (await test.AppendAsync(2)).Outcome);
        Assert.Equal(1, writes);

        var room = test.Room.NextRelease();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await Watchdog.WaitAsync(room, "those who wait are woken", TestContext.Current.CancellationToken);
        Assert.Equal(AppendOutcome.NoSpace, (await test.AppendAsync(2)).Outcome);
        Assert.Equal(2, writes);

        test.Files.Heal();
        room = test.Room.NextRelease();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await Watchdog.WaitAsync(room, "those who wait are woken again", TestContext.Current.CancellationToken);
        Assert.Equal(new AppendResult(AppendOutcome.Written, 3), await test.AppendAsync(2));
        Assert.Equal(["NoSpace", "Recovered"], test.Events.States);
        Assert.Equal([0, 1, 2], test.ReadAll());
        await test.CrashAsync();
        Assert.Equal([0, 1, 2], test.ReadAll());
        Assert.Empty(test.Events.Losses);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failing_NobodyAppends_RecoversByItself(bool isPowerSafe)
    {
        var test = new LogUnderTest();
        var strength = isPowerSafe ? LogStrength.PowerSafe : LogStrength.CrashSafe;
        test.Settings = test.Settings with { Strength = strength, CommitInterval = TimeSpan.Zero };
        test.Open();
        test.Files.Fail(FileOperation.Write, FileFaults.NoSpace);
        Assert.Equal(AppendOutcome.NoSpace, (await test.AppendAsync(0)).Outcome);
        await AdvanceAsync(test, seconds: 7);
        Assert.Equal(["NoSpace"], test.Events.States);
        test.Files.Heal();
        await AdvanceAsync(test, seconds: 7);
        Assert.Equal(["NoSpace", "Recovered"], test.Events.States);
        Assert.DoesNotContain(test.Memory.Paths, path => Path.GetFileName(path) == SegmentLog.ProbeName);
        await test.AppendAllAsync(0, 1);
        await test.CloseAsync();
    }

    [Fact]
    public async Task Failing_AtTheCap_RecoversOnceThereIsRoom()
    {
        var test = new LogUnderTest(maxBytes: 1 << 20);
        test.Open();
        Assert.True(test.Space.TryReserve(1 << 20));
        Assert.Equal(AppendOutcome.NoSpace, (await test.AppendAsync(0)).Outcome);
        await AdvanceAsync(test, seconds: 7);
        Assert.Equal(["NoSpace"], test.Events.States);
        test.Space.Cancel(1 << 20);
        await AdvanceAsync(test, seconds: 7);
        Assert.Equal(["NoSpace", "Recovered"], test.Events.States);
        await test.CloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_HalfWritten_IsTakenBackOrLeftBehind(bool truncationFails)
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 2);
        var writes = 0;
        test.Files.MaxWrite = 150;
        test.Files.Fail((operation, _) =>
            operation == FileOperation.Write && ++writes == 2 ? FileFaults.InputOutput()
            : truncationFails && operation == FileOperation.Truncate ? FileFaults.InputOutput() : null);
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(2, 500)).Outcome);
        test.Files.Heal();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.AppendAllAsync(3, 2);
        Assert.Equal([0, 1, 3, 4], test.ReadAll());
        await test.CrashAsync();
        Assert.Equal([0, 1, 3, 4], test.ReadAll());
        Assert.Empty(test.Events.Losses);
    }

    [Fact]
    public async Task Append_ShortWrites_AreGoneOnWith()
    {
        var test = new LogUnderTest();
        test.Open();
        test.Files.MaxWrite = 777;
        await test.AppendAllAsync(0, 5, 100_000);
        Assert.Equal([0, 1, 2, 3, 4], test.ReadAll());
    }

    [Fact]
    public async Task Append_FirstFileCannotBeMade_IsUnwritableAndLeavesNothing()
    {
        var test = new LogUnderTest();
        test.Open();
        test.Files.Fail(FileOperation.Open, FileFaults.ReadOnly);
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(0)).Outcome);
        Assert.Equal(0, test.Space.UsedBytes);
        test.Files.Heal();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.AppendAllAsync(0, 1);
        Assert.Equal([0], test.ReadAll());
    }

    [Fact]
    public async Task Append_TooLarge_IsRefusedAlone()
    {
        var test = new LogUnderTest(maxBytes: 100_000);
        test.Open();
        Assert.Equal(AppendOutcome.TooLarge, (await test.AppendAsync(0, 100_000)).Outcome);
        await test.AppendAllAsync(1, 1);
        Assert.Empty(test.Events.States);
    }

    [Fact]
    public async Task Save_FailsForAWhile_IsMadeUpForAtTheNextMinute()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 3);
        test.Files.Fail((operation, path) =>
            path.EndsWith(PositionFile.Extension, StringComparison.Ordinal) ? FileFaults.NoSpace() : null);
        test.Reader.Finish(1);
        test.Reader.Save();
        Assert.True(test.Reader.IsUnsaved);
        test.Files.Heal();
        test.Time.Advance(TimeSpan.FromMinutes(1));
        await test.CloseAsync();
        test.Open();
        Assert.Equal([1, 2], test.ReadAll());
    }

    [Fact]
    public async Task Cursor_ReadFails_TriesAgainTheSameRecord()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 2, 300_000);
        using var cursor = test.Reader.OpenCursor(1);
        Assert.Equal(CursorState.Record, cursor.MoveNext(out var header));
        var content = new byte[header.Length];
        test.Files.Fail(FileOperation.Read, FileFaults.InputOutput);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(CursorState.Failed, cursor.Read(content));
            Assert.Equal(CursorState.Record, cursor.MoveNext(out var again));
            Assert.Equal(header, again);
        }

        test.Files.Heal();
        Assert.Equal(CursorState.Record, cursor.Read(content));
        Assert.Equal(CursorState.Record, cursor.MoveNext(out _));
        Assert.Equal(CursorState.Record, cursor.Read(content));
        Assert.Empty(test.Events.Losses);
    }

    [Fact]
    public async Task Cursor_LastBlockUnreadable_GoesOnBehind()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 3, 60_000);
        var path = test.SegmentPaths.Single();
        test.Files.IsUnreadableUpTo = (asked, end) => asked == path && end > 2 * SegmentFormat.BlockBytes;
        using var cursor = test.Reader.OpenCursor(1);
        Assert.Equal([0, 1], ReadPatiently(cursor));
        Assert.Equal(4, cursor.NextSequence);
        Assert.Equal(("a", LogLoss.Damage, 1, 1), Assert.Single(test.Events.Losses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cursor_OneSegmentUnreadable_IsGivenUpForTheOthers(bool cannotBeOpened)
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { SegmentBytes = 1000 };
        test.Open();
        await test.AppendAllAsync(0, 3, 900);
        var path = test.SegmentPaths[0];
        var operation = cannotBeOpened ? FileOperation.Open : FileOperation.Read;
        test.Files.Fail((asked, of) => asked == operation && of == path ? FileFaults.InputOutput() : null);
        using var cursor = test.Reader.OpenCursor(1);
        Assert.Equal([1, 2], ReadPatiently(cursor));
        Assert.Equal(("a", LogLoss.Damage, 0, 1), Assert.Single(test.Events.Losses));
    }

    [Fact]
    public async Task Cursor_AllSegmentsUnreadable_WaitsForTheDevice()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { SegmentBytes = 1000 };
        test.Open();
        await test.AppendAllAsync(0, 3, 900);
        test.Files.Fail(FileOperation.Open, FileFaults.InputOutput);
        using var cursor = test.Reader.OpenCursor(1);
        Assert.Empty(ReadPatiently(cursor));
        test.Files.Heal();
        Assert.Equal([0, 1, 2], ReadPatiently(cursor));
        Assert.Empty(test.Events.Losses);
    }

    [Fact]
    public async Task PowerSafe_AppendsOfAnInterval_ShareOneSync()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe };
        test.Open();
        var syncs = 0;
        test.Files.BeforeSync = () => Interlocked.Increment(ref syncs);
        var header = new RecordHeader { Readers = 1, Flags = 0 };
        var appends = Enumerable.Range(0, 50).Select(_ => test.Log.AppendAsync(header, new byte[10], default).AsTask()).ToList();
        Assert.All(appends, append => Assert.False(append.IsCompleted));
        Assert.Equal(1, test.Log.NextSequence);
        Assert.Equal(CursorState.End, test.Reader.OpenCursor(1).MoveNext(out _));

        test.Time.Advance(TimeSpan.FromMilliseconds(100));
        var results = await Watchdog.WaitAsync(Task.WhenAll(appends), "all are confirmed", TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => new AppendResult(AppendOutcome.Written, i)), results);
        Assert.Equal(1, syncs);
        Assert.Equal(51, test.Log.NextSequence);
        await test.CloseAsync();
    }

    [Fact]
    public async Task PowerSafe_ConfirmedRecords_SurviveALossOfPower()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe, CommitInterval = TimeSpan.Zero, SegmentBytes = 5000 };
        test.Open();
        await test.AppendAllAsync(0, 100, 200);
        await test.DieAsync();
        test.Memory.LosePower(new Random(1));
        test.Open();
        Assert.Equal(Enumerable.Range(0, 100), test.ReadAll());
    }

    [Fact]
    public async Task PowerSafe_SyncFails_RefusesWhatWaitedAndRecovers()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe, CommitInterval = TimeSpan.Zero };
        test.Open();
        await test.AppendAllAsync(0, 2);
        test.Files.Fail(FileOperation.Sync, FileFaults.InputOutput);
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(2)).Outcome);
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(2)).Outcome);
        test.Files.Heal();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.AppendAllAsync(3, 2);
        Assert.Equal(["Unwritable", "Recovered"], test.Events.States);
        Assert.Equal([0, 1, 3, 4], test.ReadAll());
        await test.ReopenAsync();
        Assert.Equal([0, 1, 3, 4], test.ReadAll());
        Assert.Empty(test.Events.Losses);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PowerSafe_SyncFailsAndNothingFollows_NextStartDoesNotFindWhatWasRefused(bool isFirst)
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe, CommitInterval = TimeSpan.Zero };
        test.Open();
        if (!isFirst)
            await test.AppendAllAsync(0, 1);
        test.Files.Fail((operation, _) => operation is FileOperation.Sync or FileOperation.Delete ? FileFaults.InputOutput() : null);
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(1)).Outcome);
        test.Files.Heal();
        await test.ReopenAsync();
        Assert.Equal(isFirst ? [] : [0], test.ReadAll());
        Assert.Empty(test.Events.Damages);
        await test.AppendAllAsync(2, 1);
        Assert.Equal(isFirst ? [2] : [0, 2], test.ReadAll());
    }

    [Fact]
    public async Task PowerSafe_UnconfirmedSegmentDroppedMeanwhile_GivesItsBytesBackOnce()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe, CommitInterval = TimeSpan.Zero };
        test.Open();
        test.Files.Fail(FileOperation.Sync, FileFaults.InputOutput);
        var isNested = false;
        test.Files.Before = (operation, path) =>
        {
            if (operation != FileOperation.Delete || isNested || !path.EndsWith(Segment.Extension, StringComparison.Ordinal))
                return;
            isNested = true;
            Assert.True(test.Log.DropOldest(LogLoss.Bytes));
        };
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(0)).Outcome);
        Assert.True(isNested);
        Assert.Equal(0, test.Space.UsedBytes);
        test.Files.Heal();
        await test.CloseAsync();
    }

    [Fact]
    public async Task PowerSafe_WriteFailsWhileEarlierIsSynced_GoesOnFailing()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe, CommitInterval = TimeSpan.Zero };
        test.Open();
        using var held = new ManualResetEventSlim();
        var isSyncing = new TaskCompletionSource();
        test.Files.BeforeSync = () =>
        {
            isSyncing.TrySetResult();
            held.Wait();
        };
        var first = test.Log.AppendAsync(new RecordHeader { Readers = 1 }, new byte[10], default).AsTask();
        await Watchdog.WaitAsync(isSyncing.Task, "the first is being synced", TestContext.Current.CancellationToken);
        test.Files.Fail(FileOperation.Write, FileFaults.InputOutput);
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(1)).Outcome);
        held.Set();
        var confirmed = await Watchdog.WaitAsync(first, "it is confirmed", TestContext.Current.CancellationToken);
        Assert.Equal(AppendOutcome.Written, confirmed.Outcome);
        await test.Log.RestAsync();
        Assert.Equal(["Unwritable"], test.Events.States);

        test.Files.Heal();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.AppendAllAsync(2, 1);
        await test.Log.RestAsync();
        Assert.Equal(["Unwritable", "Recovered"], test.Events.States);
        await test.CloseAsync();
    }

    [Fact]
    public async Task PowerSafe_DefectWhileCommitting_AnswersAllAndGoesOn()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe, CommitInterval = TimeSpan.Zero };
        test.Open();
        test.Events.OnState = () => throw new InvalidOperationException("a defect");
        test.Files.Fail(FileOperation.Sync, FileFaults.InputOutput);
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(0)).Outcome);
        test.Files.Heal();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AppendOutcome.Unwritable, (await test.AppendAsync(1)).Outcome);
        test.Events.OnState = null;
        await test.AppendAllAsync(2, 1);
        await test.CloseAsync();
    }

    [Fact]
    public async Task PowerSafe_ClosedWhileAppendsWait_ConfirmsThem()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { Strength = LogStrength.PowerSafe, CommitInterval = TimeSpan.FromHours(1) };
        test.Open();
        var append = test.Log.AppendAsync(new RecordHeader { Readers = 1 }, new byte[10], default).AsTask();
        await test.CloseAsync();
        Assert.Equal(AppendOutcome.Written, (await append).Outcome);
    }

    private static async Task AdvanceAsync(LogUnderTest test, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            test.Time.Advance(TimeSpan.FromSeconds(1));
            await test.Log.RestAsync();
        }
    }

    /// <summary>Until there is nothing more, or it has failed fifty times.</summary>
    private static List<int> ReadPatiently(LogCursor cursor)
    {
        var numbers = new List<int>();
        for (var failures = 0; failures < 50;)
        {
            var state = cursor.MoveNext(out var header);
            if (state == CursorState.End)
                return numbers;
            if (state == CursorState.Record)
                state = cursor.Read(new byte[header.Length]);
            if (state == CursorState.Record)
                numbers.Add((int)header.Flags);
            else if (state == CursorState.Failed)
                failures++;
        }

        return numbers;
    }
}
