using Google.Protobuf;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Otlp.Readers;
using Rotel.TestKit;
using static Rotel.Temporality.SeriesUnderTest;

namespace Rotel.Temporality;

/// <summary>Whatever comes in whatever order: what is counted is what the senders counted, and memory stays within its bounds.</summary>
public sealed class CumulativeSeriesPropertyTests
{
    [Fact]
    public void Number_AnyOrderWithRestartsGapsAndDuplicates_SumOfDeltasIsWhatWasCounted()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 200; seed++)
        {
            var random = new Random(seed);
            using var series = new SeriesUnderTest();
            var runs = Enumerable.Range(0, 8).SelectMany(id => Lives(random, id)).ToList();
            var points = runs.SelectMany(r => r.Points.Select(p => (Run: r, Point: p))).ToList();
            Disturb(random, points);

            var counted = runs.ToDictionary(r => r, _ => 0L);
            var expected = runs.ToDictionary(r => r, _ => 0L);
            var seen = new Dictionary<Run, (double Time, long First, long Last)>();
            foreach (var (run, point) in points)
            {
                counted[run] += Counted(series.Add(run.Start, point.Time, point.Value, run.Id));

                // What the run had counted by the latest point that came; of one that began unwatched, since the first that came.
                var state = seen.GetValueOrDefault(run, (Time: -1e9, First: run.Start < 0 ? point.Value : 0, Last: point.Value));
                if (point.Time > state.Time)
                    state = (point.Time, state.First, point.Value);
                seen[run] = state;
                expected[run] = state.Last - state.First;
            }

            foreach (var run in runs)
            {
                // A restart that is seen counts whole wherever it began; only a series' first run may be unwatched here.
                Assert.True(
                    expected[run] == counted[run],
                    $"seed {seed}, series {run.Id} from {run.Start}: {counted[run]}, not {expected[run]}");
            }

            Assert.True(series.Series.Count == seen.Count, $"seed {seed}");
        }
    }

    [Fact]
    public void Number_ResetsWithoutAStart_SumOfDeltasIsWhatWasSeenToBeCounted()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 200; seed++)
        {
            var random = new Random(seed);
            using var series = new SeriesUnderTest();
            long value = random.Next(100), expected = 0, counted = 0;
            series.Add(start: 0, time: 1, value);
            for (var time = 2; time < 300; time++)
            {
                // A counter that is behind where it was has begun again, which is all there is to see.
                var next = random.Next(20) == 0 ? random.NextInt64(value) : value + random.Next(5);
                expected += next < value ? next : next - value;
                value = next;
                counted += Counted(series.Add(start: 0, time, value));
                if (random.Next(4) == 0)
                    counted += Counted(series.Add(start: 0, time - random.Next(2), value));
            }

            Assert.True(expected == counted, $"seed {seed}: {counted}, not {expected}");
        }
    }

    [Fact]
    public void Number_MoreSeriesThanAreRemembered_NothingIsCountedTwice()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 50; seed++)
        {
            var random = new Random(seed);
            using var series = new SeriesUnderTest(maxSeries: 20);
            var values = new long[40];
            var counted = new long[40];
            for (var time = 50; time < 3000; time++)
            {
                var id = random.Next(values.Length);
                values[id] += random.Next(10);
                counted[id] += Counted(series.Add(start: 1 + id, time, values[id], id));
                Assert.True(counted[id] <= values[id], $"seed {seed}, series {id}: {counted[id]} of {values[id]}");
                Assert.InRange(series.Series.Count, 1, 20);
                if (random.Next(500) == 0)
                    series.Time.Advance(TimeSpan.FromMinutes(59));
            }

            Assert.True(series.Series.Evicted > 100);
            Assert.Equal(series.Series.Bytes, series.Budget.Reserved);
        }
    }

    [Fact]
    public async Task Number_ManyThreadsAtOnce_SumOfDeltasIsWhatWasCounted()
    {
        const int Series = 50;
        const int Points = 400;
        using var series = new SeriesUnderTest();
        var counted = new long[Series];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(
            () =>
            {
                // Each thread has a part of every series' points, as batches that are encoded side by side have.
                for (var time = 10 + thread; time < Points; time += 8)
                {
                    for (var id = 0; id < Series; id++)
                        Interlocked.Add(ref counted[id], Counted(series.Add(start: 1, time, value: 7 * time, id)));
                }
            },
            TestContext.Current.CancellationToken)));

        Assert.All(counted, value => Assert.Equal(7 * (Points - 1), value));
        Assert.Equal(Series, series.Series.Count);
    }

    [Fact]
    public void Number_KnownSeries_AllocatesNothing()
    {
        using var series = new SeriesUnderTest();
        var points = Enumerable.Range(2, 100)
            .Select(i => new NumberDataPoint { StartTimeUnixNano = Nano(1), TimeUnixNano = Nano(i), AsInt = i }.ToByteArray()).ToArray();
        var key = Key(1);
        series.Series.Number(key, NumberDataPointReader.Read(points[0]), monotonic: true);
        series.Series.Number(key, NumberDataPointReader.Read(points[1]), monotonic: true);

        long sum = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var point in points)
            sum += Counted(series.Series.Number(key, NumberDataPointReader.Read(point), monotonic: true));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(98, sum);
        Assert.Equal(0, allocated);
    }

    /// <summary>A process and those that follow it: each starts after the last point of the one before, or while it still runs.</summary>
    private static IEnumerable<Run> Lives(Random random, int id)
    {
        // Starts are whole seconds with three between any two, so that none is taken for another.
        double start = random.Next(3) == 0 ? -50 : 5;
        for (var life = random.Next(4); life >= 0; life--)
        {
            var time = Math.Max(start, 0);
            var value = 0L;
            var points = new List<Point>();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                time += 1 + random.Next(10);
                value += random.Next(100);
                points.Add(new Point(time, value));
            }

            yield return new Run(id, start, points);
            start = Math.Max(3, start) + 3 + (random.Next(2) == 0 ? (int)(time - Math.Max(start, 0)) : random.Next(5));
        }
    }

    /// <summary>Takes points away, gives some twice, and lets them overtake each other.</summary>
    private static void Disturb(Random random, List<(Run Run, Point Point)> points)
    {
        points.Sort((a, b) => a.Point.Time.CompareTo(b.Point.Time));
        points.RemoveAll(_ => random.Next(6) == 0);
        for (var i = points.Count - 1; i >= 0; i--)
        {
            if (random.Next(6) == 0)
                points.Insert(random.Next(points.Count), points[i]);
            var other = Math.Min(points.Count - 1, i + random.Next(5));
            (points[i], points[other]) = (points[other], points[i]);
        }
    }

    /// <summary>As an exporter does that keeps a first point where nobody can have counted it.</summary>
    private static long Counted(NumberDelta delta) =>
        delta.Outcome is DeltaOutcome.Difference or DeltaOutcome.Restart || (delta.Outcome == DeltaOutcome.First && delta.StartWasWatched)
            ? delta.Value.Int
            : 0;

    private sealed record Run(int Id, double Start, List<Point> Points);

    private sealed record Point(double Time, long Value);
}
