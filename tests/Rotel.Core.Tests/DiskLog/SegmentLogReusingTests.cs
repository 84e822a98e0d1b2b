using Rotel.TestKit.Durability;

namespace Rotel.DiskLog;

/// <summary>The next segment in the file of one that all have finished.</summary>
public sealed class SegmentLogReusingTests
{
    private const int Record = 10_000;

    private int _made;
    private int _renamed;

    [Fact]
    public async Task Segments_FinishedAsTheyAreWritten_AreAllInTwoFiles()
    {
        var test = Open();
        await AppendFinishedAsync(test, 0, 100);
        Assert.Equal(2, _made);
        Assert.InRange(_renamed, 10, int.MaxValue);

        await test.AppendAllAsync(100, 20, Record);
        Assert.Equal(Enumerable.Range(99, 21), test.ReadAll(from: test.Reader.Position, finish: true));
        Assert.Empty(test.Events.Damages);
        Assert.Empty(test.Events.Losses);
        await test.CloseAsync();
        Assert.DoesNotContain(test.Memory.Paths, path => path.EndsWith(Segment.FinishedExtension, StringComparison.Ordinal));
        Assert.Equal(0, test.Space.UsedBytes);
    }

    [Fact]
    public async Task Crash_BehindWhatWasWrittenAreOthersRecords_NoneOfThemIsReadOrTold()
    {
        var test = Open();
        await AppendFinishedAsync(test, 0, 40);
        var next = test.Log.NextSequence;
        await AppendUntilInheritedAsync(test, 40);
        await test.AppendAllAsync(1000, 2, 50);

        await test.CrashAsync();
        Assert.Equal([1000, 1001], test.ReadAll(from: next).Where(number => number >= 1000));
        Assert.Empty(test.Events.Damages);
        Assert.Empty(test.Events.Losses);

        // Not the last any more: the next one's beginning says where it ends.
        await test.AppendAllAsync(1002, 1, 50);
        await test.CrashAsync();
        Assert.Equal([1000, 1001, 1002], test.ReadAll(from: next).Where(number => number >= 1000));
        Assert.Empty(test.Events.Damages);
        Assert.Empty(test.Events.Losses);
    }

    [Fact]
    public async Task Crash_LastRecordIsThereInPart_IsNoRecordAndItsSequenceIsGivenAgain()
    {
        var test = Open();
        await AppendFinishedAsync(test, 0, 40);
        await AppendUntilInheritedAsync(test, 40);
        await test.AppendAllAsync(1000, 1, 50);
        var (outcome, torn) = await test.AppendAsync(1001, Record);
        Assert.Equal(AppendOutcome.Written, outcome);
        await test.DieAsync();

        var written = LogUnderTest.Content(1001, Record);
        test.Damage(test.SegmentPaths[^1], bytes =>
        {
            var last = bytes.AsSpan().IndexOf(written.AsSpan(Record - 100));
            bytes.AsSpan(last, 100).Fill(7);
        });
        test.Open();
        Assert.Equal(torn, test.Log.NextSequence);
        Assert.Equal("The end of a segment was not written in full.", Assert.Single(test.Events.Damages).What);
        Assert.Equal(torn, (await test.AppendAsync(1002, 50)).Sequence);
        Assert.Equal([1000, 1002], test.ReadAll(from: torn - 1));
        Assert.Empty(test.Events.Losses);
    }

    [Fact]
    public async Task Crash_BeforeTheOldHeaderIsWrittenOver_IsTheOldSegmentThatAllHaveFinished()
    {
        var test = Open();
        await AppendFinishedAsync(test, 0, 40);
        test.Files.Fail((operation, path) =>
        {
            if (operation == FileOperation.Write && path.EndsWith(Segment.Extension, StringComparison.Ordinal) && _renamed > 0)
                test.Files.Die();
            return null;
        });
        var renamed = _renamed;
        for (var i = 0; _renamed == renamed && i < 20; i++)
            await test.AppendAsync(40 + i, Record);
        var next = test.Log.NextSequence;

        await test.CrashAsync();
        Assert.Equal(next, test.Log.NextSequence);
        Assert.Empty(test.ReadAll(from: next));
        Assert.Empty(test.Events.Damages);
        Assert.Empty(test.Events.Losses);
    }

    [Fact]
    public async Task Rename_Fails_AFileIsMade()
    {
        var test = Open();
        await AppendFinishedAsync(test, 0, 40);
        var made = _made;
        test.Files.Fail(
            (operation, path) => operation == FileOperation.Rename && path.EndsWith(Segment.FinishedExtension, StringComparison.Ordinal)
                ? FileFaults.InputOutput() : null);
        await test.AppendAllAsync(40, 10, Record);
        Assert.InRange(_made, made + 1, int.MaxValue);
        Assert.Empty(test.Events.States);
        Assert.Equal(test.Space.UsedBytes, test.Log.Bytes);
        await test.CrashAsync();
        Assert.Equal(Enumerable.Range(40, 10), test.ReadAll(from: 41));
        Assert.Empty(test.Events.Damages);
    }

    [Fact]
    public async Task KeptFile_NotNeededForAMinute_IsRemoved()
    {
        var test = Open();
        await AppendFinishedAsync(test, 0, 40);
        Assert.Contains(test.Memory.Paths, IsKept);
        test.Time.Advance(TimeSpan.FromMinutes(1));
        await test.Log.RestAsync();
        Assert.DoesNotContain(test.Memory.Paths, IsKept);
        Assert.Equal(test.Space.UsedBytes, test.Log.Bytes);
    }

    [Fact]
    public async Task KeptFile_OfAProcessThatDied_IsRemovedAtTheStart()
    {
        var test = Open();
        await AppendFinishedAsync(test, 0, 40);
        await test.DieAsync();
        Assert.Contains(test.Memory.Paths, IsKept);
        test.Open();
        Assert.DoesNotContain(test.Memory.Paths, IsKept);
        Assert.Empty(test.Events.Damages);
    }

    [Fact]
    public async Task KeptFile_CapLeavesNoRoomBesideIt_Goes()
    {
        var test = Open(maxBytes: 120_000);
        await AppendFinishedAsync(test, 0, 40);
        Assert.Contains(test.Memory.Paths, IsKept);
        var other = new LogUnderTest { Space = test.Space };
        other.Open();
        for (var i = 0; test.Memory.Paths.Any(IsKept); i++)
            Assert.Equal(AppendOutcome.Written, (await other.AppendAsync(i, Record)).Outcome);
        Assert.Empty(test.Events.Losses);
        Assert.Equal(test.Space.UsedBytes, test.Log.Bytes + other.Log.Bytes);
    }

    [Fact]
    public async Task Cursor_StillInASegmentThatIsWrittenOver_GoesOnBehindItAndTellsOfNoDamage()
    {
        var test = Open();
        await test.AppendAllAsync(0, 12, Record);
        using var cursor = test.Reader.OpenCursor(1);
        Assert.Equal(CursorState.Record, cursor.MoveNext(out var header));
        for (var sequence = 1; sequence < test.Log.NextSequence; sequence++)
            test.Reader.Finish(sequence);
        test.Reader.Save();
        await test.Log.RestAsync();
        await test.AppendAllAsync(12, 20, Record);

        Assert.Equal(CursorState.End, cursor.Read(new byte[header.Length]));
        Assert.Equal(CursorState.Record, cursor.MoveNext(out header));
        Assert.Equal(13, header.Sequence);
        Assert.Equal(CursorState.Record, cursor.Read(new byte[header.Length]));
        Assert.InRange(_renamed, 2, int.MaxValue);
        Assert.Empty(test.Events.Damages);
        Assert.Empty(test.Events.Losses);
    }

    private LogUnderTest Open(long maxBytes = 1 << 30)
    {
        var test = new LogUnderTest(maxBytes)
        {
            Settings = new LogSettings(
                LogUnderTest.Directory, 60_000, TimeSpan.FromHours(24), LogStrength.CrashSafe, TimeSpan.FromMilliseconds(100)),
        };
        test.Open();
        test.Files.Before = (operation, path) =>
        {
            if (operation == FileOperation.Rename)
                _renamed++;
            if (operation == FileOperation.Open && path.EndsWith(Segment.Extension, StringComparison.Ordinal) && !test.Memory.Paths.Contains(path))
                _made++;
        };
        return test;
    }

    /// <summary>Each is finished after the next, as with a backend that is well: when a segment is sealed, its last one is not.</summary>
    private static async Task AppendFinishedAsync(LogUnderTest test, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            var (outcome, sequence) = await test.AppendAsync(i, Record);
            Assert.Equal(AppendOutcome.Written, outcome);
            test.Reader.Finish(sequence - 1);
            test.Reader.Save();
            await test.Log.RestAsync();
        }
    }

    /// <summary>Until the segment that is written to has just begun, in another's file.</summary>
    private async Task AppendUntilInheritedAsync(LogUnderTest test, int from)
    {
        var renamed = _renamed;
        for (var i = from; _renamed < renamed + 2; i++)
            await AppendFinishedAsync(test, i, 1);
    }

    private static bool IsKept(string path) => path.EndsWith(Segment.FinishedExtension, StringComparison.Ordinal);
}
