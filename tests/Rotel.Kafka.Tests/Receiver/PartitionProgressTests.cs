using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Kafka.Receiver;

public class PartitionProgressTests
{
    [Fact]
    public void Position_NothingRead_IsNone()
    {
        var progress = New();

        Assert.Null(progress.Position());
        Assert.Null(progress.FirstAbandoned());
    }

    [Fact]
    public void Position_OneUnderWay_IsItsOffset()
    {
        var progress = New();
        var first = progress.Take(10, 3)!;
        progress.Take(11, 4)!.Complete(DeliveryStatus.Delivered);

        Assert.Equal((10, 3), progress.Position());
        first.Complete(DeliveryStatus.Rejected);
        Assert.Equal((12, 4), progress.Position());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Position_Expired_IsDoneWhereExportersMayGiveUp(bool takesExpiredForDone)
    {
        var progress = New(takesExpiredForDone);

        progress.Take(5, null)!.Complete(DeliveryStatus.Expired);

        Assert.Equal(takesExpiredForDone ? 6 : 5, progress.Position()!.Value.Offset);
        Assert.Equal(takesExpiredForDone ? null : 5, progress.FirstAbandoned());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_Record_AsksForWhatTheReceiverIsSetTo(bool endsWhenDurable)
    {
        var progress = new PartitionProgress(false, new EndedSignal()) { EndsWhenDurable = endsWhenDurable };

        var record = progress.Take(5, null)!;
        Assert.Equal(endsWhenDurable, record.EndsWhenDurable);
        Assert.True(record.AlwaysBlocks);
        record.Complete(DeliveryStatus.Abandoned);
        progress.Replay(5);
        Assert.Equal(endsWhenDurable, progress.Take(5, null)!.EndsWhenDurable);
    }

    [Fact]
    public void Replay_KnownRecords_AreTakenOnlyWhereTheyWereGivenUp()
    {
        var progress = New();
        var records = new long[] { 0, 2, 3, 7, 8 }.Select(offset => progress.Take(offset, 1)!).ToList();
        records[0].Complete(DeliveryStatus.Delivered);
        records[1].Complete(DeliveryStatus.Abandoned);
        records[2].Complete(DeliveryStatus.Delivered);
        records[3].Complete(DeliveryStatus.Abandoned);

        Assert.Equal(2, progress.FirstAbandoned());
        progress.Replay(2);

        // Those that the replay has yet to come to are no reason for another.
        Assert.Null(progress.FirstAbandoned());
        var second = progress.Take(2, 1)!;
        Assert.Null(progress.Take(3, 1));
        Assert.Null(progress.FirstAbandoned());
        var fourth = progress.Take(7, 1)!;
        Assert.Null(progress.Take(8, 1));
        var next = progress.Take(9, 1)!;
        Assert.Equal(2, progress.Position()!.Value.Offset);
        foreach (var record in new[] { second, fourth, records[4], next })
            record.Complete(DeliveryStatus.Delivered);
        Assert.Equal(10, progress.Position()!.Value.Offset);
    }

    [Fact]
    public void Replay_LostByTheClient_IsFoundAgain()
    {
        var progress = New();
        progress.Take(0, 1)!.Complete(DeliveryStatus.Abandoned);
        progress.Take(1, 1);
        progress.Replay(0);

        progress.Take(2, 1);

        Assert.Equal(0, progress.FirstAbandoned());
    }

    [Fact]
    public void OnPaused_ReplayHasBroughtNothingYet_BeginsItAnew()
    {
        var progress = New();
        var partition = new AssignedPartition(new TopicPartition("t", 0), progress);
        var time = new FakeTimeProvider();
        progress.Take(0, 1)!.Complete(DeliveryStatus.Abandoned);
        progress.Take(1, 1);
        Assert.True(partition.FindsAbandoned(time));
        time.Advance(TimeSpan.FromSeconds(1));
        partition.Replay(partition.DueReplay(time)!.Value);
        Assert.Null(partition.DueReplay(time));

        partition.OnPaused();

        Assert.Equal(0, partition.DueReplay(time));
        partition.Replay(0);
        progress.Take(0, 1);
        partition.OnPaused();
        Assert.Null(partition.DueReplay(time));
    }

    [Fact]
    public void IsHeldBack_TooManyBehindOneThatWasGivenUp_LetsItsReplayThrough()
    {
        var progress = New();
        var partition = new AssignedPartition(new TopicPartition("t", 0), progress);
        var time = new FakeTimeProvider();
        progress.Take(0, 1)!.Complete(DeliveryStatus.Abandoned);
        for (var offset = 1; offset < AssignedPartition.MaxTracked; offset++)
            progress.Take(offset, 1)!.Complete(DeliveryStatus.Delivered);
        Assert.True(partition.IsHeldBack);

        Assert.True(partition.FindsAbandoned(time));
        time.Advance(TimeSpan.FromSeconds(1));
        partition.Replay(partition.DueReplay(time)!.Value);

        Assert.False(partition.IsHeldBack);
        progress.Take(0, 1)!.Complete(DeliveryStatus.Delivered);
        Assert.Equal(AssignedPartition.MaxTracked, progress.Position()!.Value.Offset);
    }

    [Fact]
    public void LoseBelow_WhatWasGivenUpIsDeleted_PassesItBy()
    {
        var progress = New();
        var records = Enumerable.Range(0, 4).Select(offset => progress.Take(offset, 1)!).ToList();
        records[0].Complete(DeliveryStatus.Abandoned);
        records[1].Complete(DeliveryStatus.Abandoned);
        records[3].Complete(DeliveryStatus.Abandoned);

        Assert.Equal(2, progress.LoseBelow(3));

        // One is still under way, whatever Kafka has; one is still there.
        Assert.Equal(2, progress.Position()!.Value.Offset);
        records[2].Complete(DeliveryStatus.Delivered);
        Assert.Equal(3, progress.Position()!.Value.Offset);
        Assert.Equal(3, progress.FirstAbandoned());
    }

    [Fact]
    public void Position_BeginIsKnown_IsThatUntilTheFirstRecord()
    {
        var progress = new PartitionProgress(false, new EndedSignal(), begin: 7);
        Assert.Equal((7, null), progress.Position());

        progress.Take(9, 2);

        Assert.Equal((9, 2), progress.Position());
    }

    [Fact]
    public void Take_OffsetsBeginAnew_ForgetsWhatWasKnown()
    {
        var progress = New();
        progress.Take(100, 1);
        progress.Take(101, 1);

        var record = progress.Take(0, 2);

        Assert.NotNull(record);
        Assert.Equal((0, 2), progress.Position());
        record.Complete(DeliveryStatus.Delivered);
        Assert.Equal((1, 2), progress.Position());
    }

    /// <summary>
    /// Whatever ends when and how, on whichever thread: nothing is committed past a record that is not done, and all is when all are.
    /// </summary>
    [Fact]
    public void Position_RandomEndsAndReplays_NeverPassesWhatIsNotDone()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 300; seed++)
            Run(new Random(seed), seed);
    }

    private static void Run(Random random, int seed)
    {
        var progress = New();
        var log = new List<long>();
        for (long offset = random.Next(5); log.Count < 200; offset += 1 + (random.Next(10) == 0 ? random.Next(20) : 0))
            log.Add(offset);
        var done = new HashSet<long>();
        var underWay = new List<TrackedRecord>();
        var committed = -1L;
        var next = 0;
        while (done.Count < log.Count)
        {
            if (next < log.Count && random.Next(2) == 0)
            {
                if (progress.Take(log[next++], 1) is { } record)
                    underWay.Add(record);
            }
            else if (underWay.Count > 0)
            {
                var index = random.Next(Math.Min(underWay.Count, 20));
                var record = underWay[index];
                underWay.RemoveAt(index);
                var isAbandoned = random.Next(8) == 0;
                record.Complete(isAbandoned ? DeliveryStatus.Abandoned : DeliveryStatus.Delivered);
                if (!isAbandoned)
                    Assert.True(done.Add(record.Offset), $"{FreshSeed.Variable}={seed}: {record.Offset} was delivered twice.");
            }

            if (random.Next(10) == 0 && progress.FirstAbandoned() is { } abandoned)
            {
                Assert.DoesNotContain(abandoned, done);
                progress.Replay(abandoned);
                next = log.IndexOf(abandoned);
            }

            if (progress.Position() is { Offset: var position })
            {
                Assert.True(position >= committed, $"{FreshSeed.Variable}={seed}: from {committed} back to {position}.");
                committed = position;
                Assert.True(
                    log.TrueForAll(offset => offset >= position || done.Contains(offset)),
                    $"{FreshSeed.Variable}={seed}: {position} is too far.");
            }
        }

        while (next < log.Count)
            Assert.Null(progress.Take(log[next++], 1));
        Assert.Equal(log[^1] + 1, progress.Position()!.Value.Offset);
        Assert.Equal(0, progress.Count);
    }

    [Fact]
    public void OnEnded_OtherThreads_AreSeenByWhoWaits()
    {
        var ended = new EndedSignal();
        var progress = new PartitionProgress(false, ended);
        var records = Enumerable.Range(0, 10_000).Select(offset => progress.Take(offset, 1)!).ToList();
        var threads = Enumerable.Range(0, 4).Select(part => new Thread(() =>
        {
            for (var i = part; i < records.Count; i += 4)
                records[i].Complete(DeliveryStatus.Delivered);
        })).ToList();
        threads.ForEach(thread => thread.Start());

        Assert.True(ended.Wait(() => !progress.HasUnderWay(), new Threading.Deadline(TimeProvider.System, Watchdog.Deadline)));

        Assert.Equal(10_000, progress.Position()!.Value.Offset);
        threads.ForEach(thread => thread.Join());
    }

    private static PartitionProgress New(bool takesExpiredForDone = false) => new(takesExpiredForDone, new EndedSignal());
}
