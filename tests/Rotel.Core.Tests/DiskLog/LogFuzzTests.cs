using Rotel.TestKit;

namespace Rotel.DiskLog;

/// <summary>Files of any bytes: none makes the log throw, hang or fail to open, and it goes on behind them.</summary>
public sealed class LogFuzzTests
{
    [Fact]
    public async Task Open_FilesOfAnyBytes_GoesOn() => await AssertSafeAsync(firstSeed: 1, files: 200);

    [Fact]
    [Trait("Category", "Long")]
    public async Task Open_ThousandsOfFilesOfAnyBytes_GoesOn()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        await AssertSafeAsync(FreshSeed.Value, files: 5_000);
    }

    private static async Task AssertSafeAsync(int firstSeed, int files)
    {
        var sample = new LogUnderTest { Settings = Settings };
        sample.Open();
        await sample.AppendAllAsync(0, 20, 900);
        await sample.AppendAllAsync(20, 2, 100_000);
        sample.Reader.Finish(2);
        sample.Reader.Finish(4);
        sample.Reader.Finish(6);
        sample.Reader.Save();
        var segments = sample.SegmentPaths.Select(path => (path, sample.Memory.Read(path))).ToList();
        var position = sample.Memory.Read($"{LogUnderTest.Directory}/a.reader");
        for (var seed = firstSeed; seed < firstSeed + files; seed++)
        {
            try
            {
                await OpenAsync(new Random(seed), segments, position);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{FreshSeed.Variable}={seed}: {exception.Message}", exception);
            }
        }
    }

    private static LogSettings Settings => new(
        LogUnderTest.Directory, SegmentBytes: 30_000, TimeSpan.FromHours(24), LogStrength.CrashSafe, TimeSpan.Zero);

    private static async Task OpenAsync(Random random, List<(string Path, byte[] Bytes)> segments, byte[] position)
    {
        var test = new LogUnderTest { Settings = Settings };
        foreach (var (path, bytes) in segments)
            test.Memory.Write(path, Alter(random, bytes));
        test.Memory.Write($"{LogUnderTest.Directory}/a.reader", Alter(random, position));
        test.Memory.Write($"{LogUnderTest.Directory}/b.reader", Alter(random, position));
        test.Open();
        var read = test.ReadAll(finish: true);
        Assert.Equal(read.Order().Distinct(), read);
        Assert.Equal(test.Log.NextSequence, test.Reader.Position);
        await test.AppendAllAsync(1_000, 1);
        Assert.Equal([1_000], test.ReadAll(finish: true));
        await test.ReopenAsync();
        Assert.Empty(test.ReadAll());
        await test.CloseAsync();
    }

    private static byte[] Alter(Random random, byte[] bytes)
    {
        if (random.Next(4) == 0)
            return bytes;
        if (random.Next(6) == 0)
        {
            var noise = new byte[random.Next(70_000)];
            random.NextBytes(noise);
            return noise;
        }

        var altered = bytes.ToList();
        for (var edits = random.Next(1, 8); edits > 0 && altered.Count > 0; edits--)
        {
            var at = random.Next(random.Next(2) == 0 ? Math.Min(altered.Count, 300) : altered.Count);
            var count = Math.Min(random.Next(1, 200), altered.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    altered[at] = (byte)random.Next(256);
                    break;
                case 1:
                    altered.RemoveRange(at, count);
                    break;
                case 2:
                    altered.InsertRange(at, altered.GetRange(random.Next(altered.Count - count + 1), count));
                    break;
                default:
                    altered.RemoveRange(at, altered.Count - at);
                    break;
            }
        }

        return [.. altered];
    }
}
