using Rotel.TestKit;

namespace Rotel.DiskLog;

public sealed class SequenceRangesTests
{
    [Fact]
    public void Ranges_AnyChanges_HoldWhatASetHolds()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 200; seed++)
        {
            var random = new Random(seed);
            var ranges = new SequenceRanges();
            var set = new SortedSet<long>();
            for (var step = 0; step < 200; step++)
            {
                var from = random.Next(300);
                var until = from + random.Next(random.Next(4) == 0 ? 30 : 3);
                if (random.Next(20) == 0)
                {
                    var end = ranges.TakeUpTo(from);
                    set.RemoveWhere(sequence => sequence < end);
                    Assert.True(end == from || end > from, $"{FreshSeed.Variable}={seed}");
                    Assert.DoesNotContain(end, set);
                }
                else
                {
                    ranges.Add(from, until);
                    for (var i = from; i < until; i++)
                        set.Add(i);
                }

                var held = Enumerable.Range(0, ranges.Count).SelectMany(i => Range(ranges[i])).ToList();
                Assert.True(held.SequenceEqual(set), $"{FreshSeed.Variable}={seed}, step {step}");
                Assert.Equal(set.Contains(from), ranges.Contains(from));
                Assert.Equal(set.GetViewBetween(from, from + 50).Count(sequence => sequence < from + 50), ranges.CountIn(from, from + 50));
                for (var i = 1; i < ranges.Count; i++)
                    Assert.True(ranges[i].From > ranges[i - 1].Until, $"{FreshSeed.Variable}={seed}");
            }
        }
    }

    private static IEnumerable<long> Range((long From, long Until) range)
    {
        for (var i = range.From; i < range.Until; i++)
            yield return i;
    }
}
