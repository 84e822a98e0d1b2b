using System.Collections.Concurrent;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Engine;

/// <summary>
/// The laws of the engine under whatever happens: for every queue, each accepted item is delivered or dropped, once; accepted = delivered +
/// dropped; every byte comes back; no item is delivered again unless an attempt for it failed after it was delivered.
/// </summary>
public sealed class EnginePropertyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Engine_RandomTrafficOutcomesAndLimits_SettlesEveryItemOncePerQueue()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 60; seed++)
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
        using var engine = new EngineUnderTest(budget: random.Next(64, 2048) * 1024, workers: random.Next(1, 4));
        var destinations = Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Destination(engine, random)).ToList();
        var intake = engine.CreateIntake(TimeSpan.FromMilliseconds(random.Next(100)));
        var accepted = new ConcurrentBag<string>();
        var refused = new ConcurrentBag<string>();
        var seeds = Enumerable.Range(0, random.Next(1, 5)).Select(sender => (sender, random.Next())).ToList();
        await Parallel.ForEachAsync(seeds, Token, async (sender, token) =>
        {
            var own = new Random(sender.Item2);
            for (var request = 0; request < 30; request++)
            {
                var prefix = $"{sender.sender}.{request}.";
                var items = own.Next(1, 12);
                var body = TraceBody.Of(items, prefix, own.Next(8) == 0 ? own.Next(5000) : own.Next(100));
                var deadlines = intake.StartRequest(null);
                var buffer = await intake.RentAsync(body.Length, deadlines, token);
                if (buffer is null)
                    continue;
                body.CopyTo(buffer.Span);
                var result = await intake.IngestAsync(OtlpSignal.Traces, buffer, body.Length, deadlines, token);
                var target = result.IsAccepted ? accepted : refused;
                for (var i = 0; i < items; i++)
                    target.Add($"{prefix}{i}");
                if (own.Next(10) == 0)
                    _ = destinations[0].Queue.FlushAsync(token);
            }
        });
        var deadline = new Deadline(TimeProvider.System, random.Next(3) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(300)));
        await Watchdog.WaitAsync(
            Task.WhenAll(destinations.Select(destination => destination.Queue.DrainAsync(deadline, Token))), "the drain", Token);

        foreach (var destination in destinations)
            destination.Check(accepted, refused);
        Assert.Equal(0, engine.Pool.Budget.Reserved);
    }

    private sealed class Destination
    {
        private readonly ConcurrentBag<string[]> _taken = [];
        private readonly Random _random;
        private long _partial;

        public Destination(EngineUnderTest engine, Random random)
        {
            _random = new Random(random.Next());
            var (form, most, hostility) = (random.Next(4), random.Next(1, 30), random.Next(0, 60));
            var exporter = new ScriptedExporter(attempt => AnswerAsync(attempt, most, hostility))
            {
                Encoder = batch => form switch
                {
                    0 => null,
                    1 => new ScriptedEncoding(engine.Pool, batch, canRestore: true),
                    2 => new ScriptedEncoding(engine.Pool, batch, canRestore: false, copies: 3),
                    _ => Next(20) == 0
                        ? throw new InvalidDataException("encoder")
                        : new ScriptedEncoding(engine.Pool, batch, canRestore: true),
                },
            };
            Queue = engine.AddQueue(exporter, new ExporterQueueSettings(
                "random",
                random.Next(2, 200) * 1024,
                (OverflowPolicy)random.Next(3),
                new BatchLimits(random.Next(1, 50), random.Next(200, 20_000), TimeSpan.FromMilliseconds(random.Next(6))),
                new RetrySchedule(
                    TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(random.Next(2) == 0 ? 0 : 30)),
                TimeSpan.FromMilliseconds(20),
                random.Next(1, 6)));
        }

        public ExporterQueue Queue { get; }

        public void Check(ConcurrentBag<string> accepted, ConcurrentBag<string> refused)
        {
            var ledger = Queue.Ledger;
            var taken = _taken.SelectMany(names => names).ToList();
            Assert.Equal(0, Queue.HeldItems);
            Assert.Equal(0, Queue.UsedBytes);
            Assert.Equal(TimeSpan.Zero, Queue.OldestAge);
            Assert.Equal(accepted.Count, ledger.Accepted);
            Assert.Equal(ledger.Accepted, ledger.Delivered + ledger.TotalDropped);
            Assert.Equal(taken.Count - _partial, ledger.Delivered);
            Assert.Equal(taken.Count, taken.Distinct().Count());
            Assert.Empty(taken.Intersect(refused));
            Assert.Empty(taken.Except(accepted));
        }

        private int Next(int bound)
        {
            lock (_random)
                return _random.Next(bound);
        }

        private async ValueTask<ExportOutcome> AnswerAsync(ScriptedAttempt attempt, int most, int hostility)
        {
            if (Next(2) == 0)
                await Task.Yield();
            if (attempt.Items > most)
                return ExportOutcome.TooLarge("413");

            switch (Next(100) < hostility ? Next(6) : 6)
            {
                case 0:
                    return ExportOutcome.Retry("busy");
                case 1:
                    return ExportOutcome.Retry("busy", TimeSpan.FromMilliseconds(Next(5)));
                case 2:
                    return ExportOutcome.Rejected("no");
                case 3:
                    throw new InvalidDataException("exporter");
                case 4:
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, attempt.CancellationToken);
                    break;
                case 5:
                    Take(attempt);
                    var partial = Next(attempt.Items + 1);
                    Interlocked.Add(ref _partial, partial);
                    return ExportOutcome.PartlyDelivered(partial, "some were bad");
            }

            Take(attempt);
            return ExportOutcome.Delivered();
        }

        private void Take(ScriptedAttempt attempt) => _taken.Add([.. TraceBody.SpanNames(attempt.Bodies)]);
    }
}
