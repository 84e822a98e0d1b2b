using System.Collections.Concurrent;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Durability;

namespace Rotel.Durability;

/// <summary>
/// The law of the disk queue under whatever happens to disk, destination and process: what was acknowledged once it was written is
/// delivered, whoever dies and whatever fails in between, and twice only what was in flight at a death.
/// </summary>
public sealed class DiskQueuePropertyTests
{
    private const int BatchItems = 8;
    private const int Concurrency = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_RandomDeathsDiskFaultsAndOutages_DeliversAllThatWasAcknowledged()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 25; seed++)
        {
            try
            {
                await RunAsync(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{FreshSeed.Variable}={seed}: {exception.Message}", exception);
            }
        }
    }

    private static async Task RunAsync(Random random)
    {
        var disk = new MemoryFileSystem();
        var acknowledged = new ConcurrentBag<string>();
        var delivered = new ConcurrentDictionary<string, int>();
        var mode = random.Next(2) == 0 ? DiskQueueMode.Always : DiskQueueMode.Spill;
        var deaths = 0;
        var number = 0;
        for (var life = random.Next(2, 6); life > 0; life--)
        {
            var isViolent = random.Next(3) > 0;
            await using var durable = Open(disk, mode, random, out var files);
            using var death = new CancellationTokenSource();
            var queue = AddQueue(durable, random.Next(), failure: random.NextDouble(), delivered, death.Token);
            await durable.OpenAsync();
            if (random.Next(2) == 0)
                files.FailByChance(random.Next(), 0.05);

            var first = number;
            number += random.Next(20, 120);
            var intake = durable.Engine.CreateIntake(TimeSpan.FromMilliseconds(20), AcknowledgementMode.Durable);
            await Parallel.ForEachAsync(Enumerable.Range(first, number - first), Token, async (body, _) =>
            {
                if ((await EngineUnderTest.IngestAsync(intake, DurableEngine.Body(body))).IsAccepted)
                    acknowledged.Add($"{body}.0");
            });
            if (isViolent)
            {
                deaths++;
                files.Die();
                await death.CancelAsync();
                await Task.WhenAll(durable.Engine.Queues.Select(one => one.DrainAsync(Past, Token)));
            }
            else
            {
                files.Heal();
                await durable.StopAsync(TimeSpan.FromMilliseconds(random.Next(50)));
                Assert.Equal(0, queue.Ledger.TotalDropped);
            }
        }

        await using var last = Open(disk, mode, random, out _);
        var rest = AddQueue(last, seed: 0, failure: 0, delivered, CancellationToken.None);
        await last.OpenAsync();
        await Watchdog.WaitAsync(rest.FlushAsync(Token), "the delivery of all that was left", Token);
        Assert.DoesNotContain(acknowledged, name => !delivered.ContainsKey(name));
        last.Engine.AssertLedgerAddsUp();
        Assert.Equal(0, last.Engine.Pool.Budget.Reserved);

        // Both spans of a body are always together.
        var twice = delivered.Values.Sum(times => times - 1);
        Assert.InRange(twice, 0, deaths * Concurrency * BatchItems);
    }

    private static Threading.Deadline Past => new(TimeProvider.System, TimeSpan.Zero);

    private static DurableEngine Open(MemoryFileSystem disk, DiskQueueMode mode, Random random, out FaultyFileSystem files)
    {
        files = new FaultyFileSystem(disk);
        var isPowerSafe = random.Next(2) == 0;
        return new DurableEngine("/queue", mode, files, configure: options =>
        {
            options.Strength = isPowerSafe ? DiskQueueStrength.PowerSafe : DiskQueueStrength.CrashSafe;
            options.CommitInterval = TimeSpan.Zero;
        });
    }

    /// <param name="durable">Where it is added.</param>
    /// <param name="seed">Of its moods.</param>
    /// <param name="failure">The part of attempts that fail.</param>
    /// <param name="delivered">How often each first span of a body arrived.</param>
    /// <param name="death">Nothing is answered any more, or arrives.</param>
    private static ExporterQueue AddQueue(
        DurableEngine durable, int seed, double failure, ConcurrentDictionary<string, int> delivered, CancellationToken death)
    {
        var moods = new Random(seed);
        var settings = EngineUnderTest.Settings(maxBytes: 16 * 1024, concurrency: Concurrency) with
        {
            Batch = new BatchLimits(BatchItems, BatchOptions.DefaultMaxBytes, TimeSpan.FromMilliseconds(5)),
            Retry = new RetrySchedule(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5), TimeSpan.Zero),
        };
        return durable.AddQueue(
            new ScriptedExporter(async attempt =>
            {
                double mood;
                lock (moods)
                    mood = moods.NextDouble();
                await Task.Yield();
                if (death.IsCancellationRequested)
                    await Task.Delay(Timeout.Infinite, attempt.CancellationToken);
                if (mood < failure)
                    return ExportOutcome.Retry("not now");
                foreach (var name in TraceBody.SpanNames(attempt.Bodies).Where(name => name.EndsWith(".0", StringComparison.Ordinal)))
                    delivered.AddOrUpdate(name, 1, (_, times) => times + 1);
                return ExportOutcome.Delivered();
            }),
            settings: settings);
    }
}
