using Rotel.TestKit;

namespace Rotel.DiskLog;

/// <summary>
/// Files damaged between runs: every record whose own bytes are whole is read, in order and once; what is missing is counted; and the log
/// goes on.
/// </summary>
public sealed class DamagePropertyTests
{
    [Fact]
    public async Task Open_DamagedFiles_ReadsAllThatIsWhole() => await AssertHoldsAsync(40);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Open_ManyDamagedFiles_ReadsAllThatIsWhole() => await AssertHoldsAsync(300);

    private static async Task AssertHoldsAsync(int runs)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + runs; seed++)
        {
            var steps = new List<string>();
            try
            {
                await RunAsync(new Random(seed), steps);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"{FreshSeed.Variable}={seed}: {exception.Message}\n{string.Join('\n', steps)}", exception);
            }
        }
    }

    private static async Task RunAsync(Random random, List<string> steps)
    {
        var test = new LogUnderTest
        {
            Settings = new LogSettings(
                LogUnderTest.Directory, random.Next(10_000, 300_000), TimeSpan.FromHours(24), LogStrength.CrashSafe, TimeSpan.Zero),
        };
        test.Open();
        var number = 0;
        if (random.Next(2) == 0)
        {
            // What follows is then written over segments that are finished.
            for (var count = random.Next(100); count > 0; count--)
            {
                var (_, sequence) = await test.AppendAsync(number++, random.Next(20_000));
                test.Reader.Finish(sequence);
                test.Reader.Save();
            }
        }

        var first = number;
        for (var runs = random.Next(1, 4); runs > 0; runs--)
        {
            for (var count = random.Next(1, 40); count > 0; count--)
                await test.AppendAllAsync(number++, 1, random.Next(8) == 0 ? random.Next(200_000) : random.Next(4_000));
            await test.ReopenAsync();
        }

        await test.CloseAsync();
        var places = test.SegmentPaths.SelectMany(path => PlacesIn(test, path)).ToList();
        Assert.Equal(number - first, places.Count(place => place.Number >= first));
        var paths = test.SegmentPaths.ToArray();
        random.Shuffle(paths);
        for (var i = 0; i < Math.Min(paths.Length, random.Next(1, 4)); i++)
            Damage(test, paths, i, random, places, steps);
        if (first == 0 && random.Next(4) == 0)
        {
            steps.Add("position");
            test.Damage($"{LogUnderTest.Directory}/a.reader", bytes => bytes[random.Next(bytes.Length)] ^= 1);
        }

        test.Open();
        var expected = places.Where(place => place.IsWhole && place.Number >= first).Select(place => place.Number).ToList();
        Assert.Equal(expected, test.ReadAll(finish: true));

        // What is behind the last record that can be read may be known to nobody.
        var missed = places.Where(place => !place.IsWhole && place.Number >= first && place.Number < (expected.Count > 0 ? expected[^1] : 0)).ToList();
        Assert.InRange(test.Events.Losses.Sum(loss => loss.Records), Math.Min(1, missed.Count), number);
        Assert.All(test.Events.Losses, loss => Assert.Equal(LogLoss.Damage, loss.Why));
        Assert.Equal(test.Log.NextSequence, test.Reader.Position);

        await test.AppendAllAsync(number, 3);
        test.Reader.Save();
        await test.CrashAsync();
        Assert.Equal(Enumerable.Range(number, 3), test.ReadAll());
        await test.CloseAsync();
    }

    private static void Damage(LogUnderTest test, string[] paths, int index, Random random, List<Place> places, List<string> steps)
    {
        var path = paths[index];
        if (!test.Memory.Paths.Contains(path))
            return;
        var here = places.Where(place => place.Path == path).ToList();
        var length = test.Memory.Read(path).Length;
        switch (random.Next(8))
        {
            case 0:
                for (var flips = random.Next(1, 6); flips > 0; flips--)
                {
                    var at = random.Next(random.Next(3) == 0 ? Math.Min(length, 200) : length);
                    steps.Add($"flip {path} {at}");
                    test.Damage(path, bytes => bytes[at] ^= (byte)(1 << random.Next(8)));
                    Break(here, at, at + 1);
                }

                break;
            case 1 or 2:
                var start = random.Next(length);
                var end = Math.Min(length, start + random.Next(1, 100_000));
                steps.Add($"zero {path} {start} {end}");
                test.Damage(path, bytes => bytes.AsSpan(start, end - start).Clear());
                Break(here, start, end);
                break;
            case 3:
                var from = random.Next(length);
                var until = Math.Min(length, from + random.Next(1, 70_000));
                steps.Add($"noise {path} {from} {until}");
                test.Damage(path, bytes => random.NextBytes(bytes.AsSpan(from, until - from)));
                Break(here, from, until);
                break;
            case 4:
                var cut = random.Next(length);
                steps.Add($"cut {path} {cut}");
                test.Memory.Write(path, test.Memory.Read(path)[..cut]);
                Break(here, cut, long.MaxValue);
                break;
            case 5:
                steps.Add($"delete {path}");
                test.Memory.Delete(path);
                Break(here, 0, long.MaxValue);
                break;
            case 6:
                steps.Add($"copy {path}");
                test.Memory.Write($"{LogUnderTest.Directory}/copy-of-{index}.segment", test.Memory.Read(path));
                test.Memory.Write($"{LogUnderTest.Directory}/foreign-{index}.txt", [1, 2, 3]);
                break;
            default:
                if (index + 1 == paths.Length || !test.Memory.Paths.Contains(paths[^1]))
                    break;
                steps.Add($"swap {path} {paths[^1]}");
                var mine = test.Memory.Read(path);
                test.Memory.Write(path, test.Memory.Read(paths[^1]));
                test.Memory.Write(paths[^1], mine);
                foreach (var place in places.Where(place => place.Path == path || place.Path == paths[^1]))
                    place.Path = place.Path == path ? paths[^1] : path;

                // Its header and its name are two witnesses; without both nobody knows what it is.
                paths[^1] = "";
                break;
        }
    }

    private static void Break(List<Place> places, long from, long until)
    {
        foreach (var place in places)
            place.IsWhole &= !place.Ranges.Exists(range => range.From < until && from < range.Until);
    }

    private static List<Place> PlacesIn(LogUnderTest test, string path)
    {
        Assert.True(SegmentFormat.TryReadFileHeader(test.Memory.Read(path), out var header));
        var places = new List<Place>();
        using var scanner = new SegmentScanner(
            test.Memory.Open(path, FileUse.Read), header.Salt, header.FirstRecordAt, 0, long.MaxValue)
        {
            Limit = long.MaxValue / 2,
        };
        var offset = header.FirstRecordAt;
        while (scanner.Next(out var record) == CursorState.Record)
        {
            var at = SegmentFormat.PlaceHeader(offset);
            var place = new Place { Path = path, Number = (int)record.Flags };
            place.Ranges.Add((at, at + SegmentFormat.RecordHeaderBytes));
            at += SegmentFormat.RecordHeaderBytes;
            for (var rest = record.Length; rest > 0;)
            {
                at = SegmentFormat.PlaceContent(at);
                var piece = (int)Math.Min(rest, SegmentFormat.BlockBytes - (at % SegmentFormat.BlockBytes));
                place.Ranges.Add((at, at + piece));
                at += piece;
                rest -= piece;
            }

            places.Add(place);
            offset = scanner.Offset;
        }

        return places;
    }

    private sealed class Place
    {
        public required string Path { get; set; }

        public int Number { get; init; }

        public List<(long From, long Until)> Ranges { get; } = [];

        public bool IsWhole { get; set; } = true;
    }
}
