using Microsoft.Extensions.Time.Testing;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.TestKit;

namespace Rotel.Temporality;

public sealed class SeriesTableTests
{
    private readonly ByteBudget _budget = new(1 << 30);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Table_AnySequenceOfUses_HoldsWhatAListInOrderOfUseHolds()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 20; seed++)
            Compare(new Random(seed), $"seed {seed}");
    }

    [Fact]
    public void Add_MoreThanBytesAllow_ForgetsTheOldest()
    {
        const long MaxBytes = CumulativeSeriesLimits.MinBytes;
        using var table = Table(int.MaxValue, MaxBytes);
        for (var i = 0; i < 10_000; i++)
        {
            table.Add(Key(i), blockLength: i % 40);
            Assert.InRange(table.Bytes, 1, MaxBytes);
            Assert.Equal(table.Bytes, _budget.Reserved);
        }

        Assert.Equal(10_000 - table.Count, table.Evicted);
        Assert.True(table.Count > 500, $"{table.Count}");
        Assert.All(Enumerable.Range(0, 10_000 - table.Count), i => Assert.Equal(-1, table.Find(Key(i))));
        Assert.All(Enumerable.Range(10_000 - table.Count, table.Count), i => Assert.Equal(i % 40, table.Block(table.Find(Key(i))).Length));
    }

    [Fact]
    public void Resize_MoreThanBytesAllow_KeepsTheSeriesAndForgetsTheOldest()
    {
        using var table = Table(int.MaxValue, CumulativeSeriesLimits.MinBytes);
        for (var i = 0; i < 600; i++)
            table.Add(Key(i), blockLength: 10);

        // The first and the last lie where others move to and from.
        foreach (var i in (int[])[0, 599, 300])
        {
            var index = table.Resize(table.Find(Key(i)), CumulativeSeries.MaxBuckets);
            Assert.Equal(Key(i), table[index].Key);
            Assert.Equal(CumulativeSeries.MaxBuckets, table.Block(index).Length);
            Assert.InRange(table.Bytes, 1, CumulativeSeriesLimits.MinBytes);
        }

        Assert.True(table.Evicted > 0);
    }

    [Fact]
    public void Sweep_NothingWasUsedForLonger_GivesAllMemoryBackStepByStep()
    {
        using var table = Table(100_000, 1 << 24);
        for (var i = 0; i < 5000; i++)
            table.Add(Key(i), blockLength: 3);
        var full = table.Bytes;
        _time.Advance(TimeSpan.FromMinutes(60));
        table.Sweep();
        Assert.Equal(5000, table.Count);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        for (var swept = 0; swept < 3000; swept += 64)
            table.Sweep();
        Assert.InRange(table.Count, 1, 2000);
        Assert.InRange(table.Bytes, 1, full * 2 / 3);
        for (var swept = 0; swept < 3000; swept += 64)
            table.Sweep();
        Assert.Equal(0, table.Count);
        Assert.Equal(0, table.Bytes);
        Assert.Equal(0, _budget.Reserved);
        Assert.Equal(0, table.Evicted);
    }

    [Fact]
    public void Find_SeriesExpiredAndNotSweptYet_FindsNothing()
    {
        using var table = Table(100);
        for (var i = 0; i < 80; i++)
            table.Add(Key(i));
        _time.Advance(TimeSpan.FromHours(2));
        table.Sweep();
        Assert.Equal(16, table.Count);

        Assert.Equal(-1, table.Find(Key(70)));
        Assert.Equal(15, table.Count);
    }

    [Fact]
    public void Bytes_HundredThousandNumbers_AreBelowAHundredEach()
    {
        using var table = Table(100_000, 1 << 24);
        for (var i = 0; i < 100_000; i++)
            table.Add(Key(i));

        Assert.Equal(100_000, table.Count);
        Assert.InRange(table.Bytes / 100_000.0, 70, 80);
    }

    [Fact]
    public void ForgottenUntil_SeriesWithATimeInTheFuture_IsNotLaterThanNow()
    {
        using var table = Table(1);
        table[table.Add(Key(1))].Time = ulong.MaxValue;
        table.Add(Key(2));

        Assert.Equal((ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, table.ForgottenUntil);
    }

    private void Compare(Random random, string seed)
    {
        const int MaxSeries = 700;
        using var table = Table(MaxSeries, 1 << 24);

        // Newest first, each with the length of its block and when it was used.
        var model = new LinkedList<(int Id, int Length, DateTimeOffset Used)>();
        for (var step = 0; step < 6000; step++)
        {
            table.Sweep();
            var expired = _time.GetUtcNow() - TimeSpan.FromHours(1);
            for (var swept = 0; swept < 64 && model.Last is { } last && last.Value.Used < expired; swept++)
                model.RemoveLast();
            var id = random.Next(1000);
            var index = table.Find(Key(id));
            var known = Nodes(model).FirstOrDefault(n => n.Value.Id == id);
            if (known is not null && _time.GetUtcNow() - known.Value.Used > TimeSpan.FromHours(1))
            {
                model.Remove(known);
                known = null;
            }

            Assert.True(known is not null == index >= 0, seed);
            if (known is null)
            {
                var length = random.Next(4);
                index = table.Add(Key(id), length);
                table[index].Bits = (ulong)id;
                model.AddFirst((id, length, _time.GetUtcNow()));
                if (model.Count > MaxSeries)
                    model.RemoveLast();
            }
            else
            {
                Assert.True(table[index].Bits == (ulong)id && table.Block(index).Length == known.Value.Length, seed);
                switch (random.Next(4))
                {
                    case 0:
                        table.Use(index);
                        model.Remove(known);
                        model.AddFirst(known.Value with { Used = _time.GetUtcNow() });
                        break;
                    case 1:
                        var length = random.Next(4);
                        index = table.Resize(index, length);
                        Assert.Equal(length, table.Block(index).Length);
                        model.Remove(known);
                        model.AddFirst((id, length, _time.GetUtcNow()));
                        break;
                    case 2 when table.Find(Key(id + 1000)) < 0:
                        table.Rename(index, Key(id + 1000));
                        Assert.Equal(-1, table.Find(Key(id)));
                        Assert.Equal(index, table.Find(Key(id + 1000)));
                        table.Rename(index, Key(id));
                        break;
                }
            }

            if (random.Next(10) == 0)
                _time.Advance(TimeSpan.FromSeconds(random.Next(60)));
            if (random.Next(2000) == 0)
                _time.Advance(TimeSpan.FromMinutes(50));
            Assert.True(table.Count == model.Count && table.Bytes == _budget.Reserved, seed);
        }
    }

    private static IEnumerable<LinkedListNode<T>> Nodes<T>(LinkedList<T> list)
    {
        for (var node = list.First; node is not null; node = node.Next)
            yield return node;
    }

    private SeriesTable Table(int maxSeries, long maxBytes = CumulativeSeriesLimits.MinBytes) =>
        new(new CumulativeSeriesLimits(maxSeries, maxBytes, TimeSpan.FromHours(1)), _budget, _time);

    private static SeriesKey Key(int id) => SeriesKey.OfResource(ResourceReader.Read([])).WithRun((ulong)id, 0);
}
