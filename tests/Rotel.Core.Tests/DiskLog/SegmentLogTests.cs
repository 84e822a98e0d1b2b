using Rotel.TestKit;
using Rotel.TestKit.Durability;

namespace Rotel.DiskLog;

public sealed class SegmentLogTests
{
    [Fact]
    public async Task Reopen_ThousandsFinishedHereAndThere_RemembersEach()
    {
        const int ranges = ReaderPosition.MaxRanges;
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 2 * ranges + 10, 10);
        for (var sequence = 2; sequence <= 2 * ranges; sequence += 2)
            test.Reader.Finish(sequence);
        Assert.True(test.Reader.IsScattered);
        await test.ReopenAsync();
        Assert.Equal([.. Enumerable.Range(0, ranges).Select(i => 2 * i), .. Enumerable.Range(2 * ranges, 10)], test.ReadAll());
    }

    [Fact]
    public async Task Append_RecordsOfManyLengths_AreReadInOrder()
    {
        var test = new LogUnderTest();
        test.Open();
        int[] lengths = [0, 1, 7, 8, 55, 56, 57, 65_000, 65_400, 65_456, 65_480, 65_512, 65_536, 200_000, 3_000_000, 12, 64 * 1024 * 3, 49_000];
        for (var i = 0; i < lengths.Length; i++)
            Assert.Equal(new AppendResult(AppendOutcome.Written, i + 1), await test.AppendAsync(i, lengths[i]));

        Assert.Equal(Enumerable.Range(0, lengths.Length), test.ReadAll());
        await test.CrashAsync();
        Assert.Equal(Enumerable.Range(0, lengths.Length), test.ReadAll());
        Assert.Empty(test.Events.Damages);
        Assert.Empty(test.Events.Losses);
        Assert.Equal(lengths.Length + 1, test.Log.NextSequence);
        Assert.True(test.SegmentPaths.Count > 1);
    }

    [Fact]
    public async Task Append_AtEveryPlaceOfABlock_IsReadAgain()
    {
        var test = new LogUnderTest();
        test.Open();
        var number = 0;
        for (var rest = 0; rest < 200; rest++)
        {
            // Two records to a block, the second of which ends around its end.
            await test.AppendAllAsync(number++, 1, 32_000);
            await test.AppendAllAsync(number++, 1, 65_536 - 32_000 - 24 - (2 * 56) - 100 + rest);
        }

        Assert.Equal(Enumerable.Range(0, number), test.ReadAll());
        for (var from = 1; from <= number; from += 17)
            Assert.Equal(Enumerable.Range(from - 1, number - from + 1), test.ReadAll(from: from));
        Assert.Empty(test.Events.Damages);
    }

    [Fact]
    public async Task Append_Alone_EndsOnTheCallersThread()
    {
        var test = new LogUnderTest();
        test.Open();
        var append = test.Log.AppendAsync(new RecordHeader { Readers = 1 }, new byte[10], default);
        Assert.True(append.IsCompletedSuccessfully);
        Assert.Equal(1, (await append).Sequence);
    }

    [Fact]
    public async Task Append_FromManyThreads_WritesEachOnceInTheOrderOfSequences()
    {
        var test = new LogUnderTest();
        test.Open();
        var sequences = await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            var given = new List<(int, long)>();
            for (var i = 0; i < 500; i++)
                given.Add(((thread * 500) + i, (await test.AppendAsync((thread * 500) + i, 300)).Sequence));
            return given;
        })));

        var expected = sequences.SelectMany(given => given).OrderBy(pair => pair.Item2).ToList();
        Assert.Equal(Enumerable.Range(1, 4000).Select(i => (long)i), expected.Select(pair => pair.Item2));
        Assert.Equal(expected.Select(pair => pair.Item1), test.ReadAll());
        await test.CloseAsync();
    }

    [Fact]
    public async Task Append_WhileTheThreadIsBusy_IsWrittenByOthers()
    {
        var test = new LogUnderTest();
        test.Settings = test.Settings with { SegmentBytes = 1000 };
        test.Open();
        await test.AppendAllAsync(0, 2, 900);
        using var held = new ManualResetEventSlim();
        var isDropping = new TaskCompletionSource();
        var queued = new List<Task<AppendResult>>();
        var writes = 0;
        var isQueueing = false;
        test.Files.Before = (operation, _) =>
        {
            if (operation == FileOperation.Delete)
            {
                isDropping.TrySetResult();
                held.Wait();
            }
            else if (operation == FileOperation.Write && isQueueing && ++writes <= 10)
            {
                // As if others came in every round of the leader's.
                queued.Add(test.Log.AppendAsync(new RecordHeader { Readers = 1 }, new byte[10], default).AsTask());
            }
        };
        test.Reader.Finish(1);
        test.Reader.Save();
        await Watchdog.WaitAsync(isDropping.Task, "the thread drops a segment", TestContext.Current.CancellationToken);
        isQueueing = true;
        await test.AppendAllAsync(2, 1);
        await Watchdog.WaitAsync(Task.WhenAll(queued), "all are written", TestContext.Current.CancellationToken);
        held.Set();
        await test.CloseAsync();
    }

    [Fact]
    public async Task Reader_FinishedAndSaved_GoesOnBehindAfterACrash()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 10);
        foreach (var sequence in (long[])[1, 2, 5, 9])
            test.Reader.Finish(sequence);
        Assert.Equal(3, test.Reader.Position);
        test.Reader.Save();
        test.Reader.Finish(3);

        await test.CrashAsync();
        Assert.True(test.Reader.HasBacklogAtOpen);
        Assert.Equal(11, test.Reader.RunStart);
        Assert.Equal([2, 3, 5, 6, 7, 9], test.ReadAll(finish: true));
        Assert.Equal(11, test.Reader.Position);
        Assert.Equal(0, test.Reader.UnfinishedBytes);
        await test.ReopenAsync();
        Assert.False(test.Reader.HasBacklogAtOpen);
        Assert.Empty(test.ReadAll());
    }

    [Fact]
    public async Task Reader_RecordsNotForIt_CountAsFinished()
    {
        var test = new LogUnderTest();
        test.Open("a", "b");
        await test.AppendAllAsync(0, 3, readers: 1);
        await test.AppendAllAsync(3, 3, readers: 2);
        await test.AppendAllAsync(6, 3, readers: 3);
        Assert.Equal(1, test.Log.Readers[0].Position);
        Assert.Equal(4, test.Log.Readers[1].Position);
        Assert.Equal([0, 1, 2, 6, 7, 8], test.ReadAll(test.Log.Readers[0], finish: true));
        Assert.Equal(10, test.Log.Readers[0].Position);
        Assert.Equal([3, 4, 5, 6, 7, 8], test.ReadAll(test.Log.Readers[1]));
    }

    [Fact]
    public async Task Cursor_RecordsHandedInThisRun_AreSkippedUntilTheNext()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 3, handed: 1);
        await test.AppendAllAsync(3, 2);
        Assert.Equal([3, 4], test.ReadAll());
        await test.CrashAsync();
        Assert.Equal([0, 1, 2, 3, 4], test.ReadAll());
    }

    [Fact]
    public async Task Cursor_AtTheEnd_GoesOnAfterTheNextAppend()
    {
        var test = new LogUnderTest();
        test.Open();
        using var cursor = test.Reader.OpenCursor(1);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(CursorState.End, cursor.MoveNext(out _));
            await test.AppendAllAsync(i, 1, 50_000);
            Assert.Equal(CursorState.Record, cursor.MoveNext(out var header));
            Assert.Equal(i + 1, header.Sequence);
            Assert.Equal(i + 2, cursor.NextSequence);
            var content = new byte[header.Length];
            Assert.Equal(CursorState.Record, cursor.Read(content));
            Assert.Equal(LogUnderTest.Content(i, 50_000), content);
        }
    }

    [Fact]
    public async Task Readers_OrderAndNamesChange_KeepTheirRecords()
    {
        var test = new LogUnderTest();
        test.Open("first", "Second", "first/other:é");
        await test.AppendAllAsync(0, 1, readers: test.Log.Readers[0].Bit);
        await test.AppendAllAsync(1, 1, readers: test.Log.Readers[1].Bit);
        await test.AppendAllAsync(2, 1, readers: test.Log.Readers[2].Bit);

        await test.ReopenAsync("new", "first/other:é", "first");
        Assert.Empty(test.ReadAll(test.Log.Readers[0]));
        Assert.Equal([2], test.ReadAll(test.Log.Readers[1]));
        Assert.Equal([0], test.ReadAll(test.Log.Readers[2]));
        await test.AppendAllAsync(3, 1, readers: test.Log.Readers[0].Bit);

        await test.ReopenAsync("Second", "new");
        Assert.Equal([1], test.ReadAll(test.Log.Readers[0]));
        Assert.Equal([3], test.ReadAll(test.Log.Readers[1]));
    }

    [Fact]
    public async Task Readers_MoreComeAndGoThanThereAreBits_TakeOverThoseOfTheOldest()
    {
        var test = new LogUnderTest();
        test.Open("first");
        await test.AppendAllAsync(0, 1);
        for (var i = 0; i < 70; i++)
        {
            await test.ReopenAsync($"reader {i}");
            Assert.Empty(test.ReadAll());
            await test.AppendAllAsync(i + 1, 1, readers: test.Reader.Bit);
        }

        Assert.Contains(test.Events.Losses, loss => loss.Reader == "first");
        await test.ReopenAsync("reader 69");
        Assert.Equal([70], test.ReadAll());
    }

    [Fact]
    public async Task Append_AfterClose_IsRefused()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.CloseAsync();
        Assert.Equal(AppendOutcome.Closed, (await test.AppendAsync(0)).Outcome);
        await test.CloseAsync();
        Assert.Equal(0, test.Space.UsedBytes);
    }

    [Fact]
    public async Task Open_NameOfASequenceThatCannotBe_IsLeftAlone()
    {
        var test = new LogUnderTest();
        var path = Path.Combine(LogUnderTest.Directory, Segment.NameOf(long.MaxValue, 0));
        test.Memory.Write(path, new byte[100]);
        test.Open();
        Assert.Equal(1, test.Log.NextSequence);
        await test.AppendAllAsync(0, 2);
        Assert.Equal([0, 1], test.ReadAll());
        await test.CloseAsync();
        Assert.Contains(path, test.Memory.Paths);
        Assert.Single(test.Events.Damages);
    }

    [Fact]
    public async Task Open_SegmentThatMayNotBeOpened_IsAProblemThatNamesIt()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 3);
        await test.DieAsync();
        var path = test.SegmentPaths.Single();
        test.Files.Fail((operation, asked) =>
            operation == FileOperation.Open && asked == path ? new UnauthorizedAccessException("Permission denied") : null);
        var opening = SegmentLog.Open(test.Settings, ["a"], test.Space, test.Files, test.Time, test.Room, test.Events);
        Assert.Null(opening.Log);
        Assert.Contains(path, opening.Problem, StringComparison.Ordinal);
        test.Files.Heal();
        test.Open();
        Assert.Equal([0, 1, 2], test.ReadAll());
        Assert.Equal(4, test.Log.NextSequence);
    }

    [Fact]
    public async Task Open_PositionThatCannotBeRead_IsAProblemUntilItCan()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 3);
        test.Reader.Finish(1);
        await test.CloseAsync();
        test.Files.Fail((operation, path) =>
            operation == FileOperation.Read && path.EndsWith(PositionFile.Extension, StringComparison.Ordinal)
                ? FileFaults.InputOutput() : null);
        var opening = SegmentLog.Open(test.Settings, ["a"], test.Space, test.Files, test.Time, test.Room, test.Events);
        Assert.Null(opening.Log);
        Assert.Contains(PositionFile.Extension, opening.Problem, StringComparison.Ordinal);
        test.Files.Heal();
        test.Open();
        Assert.Equal([1, 2], test.ReadAll());
        await test.CloseAsync();
    }

    [Fact]
    public async Task Open_NeitherPositionsNorTables_ReadsAllAgain()
    {
        var test = new LogUnderTest();
        test.Open();
        await test.AppendAllAsync(0, 3);
        await test.DieAsync();
        foreach (var path in test.Memory.Paths.Where(path => path.EndsWith(PositionFile.Extension, StringComparison.Ordinal)))
            test.Memory.Delete(path);
        test.Damage(test.SegmentPaths.Single(), bytes => bytes[SegmentFormat.FileHeaderBytes + 1] ^= 0xFF);
        test.Open();
        Assert.Equal([0, 1, 2], test.ReadAll());
        Assert.Contains(test.Events.Damages, damage => damage.What.Contains("Who the readers were", StringComparison.Ordinal));
        await test.CloseAsync();
    }

    [Fact]
    public void Open_TooManyReaders_IsAProblem()
    {
        var test = new LogUnderTest();
        var opening = SegmentLog.Open(
            test.Settings, [.. Enumerable.Range(0, 65).Select(i => $"{i}")], test.Space, test.Memory, test.Time, test.Room, test.Events);
        Assert.Null(opening.Log);
        Assert.NotNull(opening.Problem);
    }
}
