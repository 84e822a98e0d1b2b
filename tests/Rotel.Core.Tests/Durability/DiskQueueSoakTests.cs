using System.Diagnostics;
using Rotel.Delivery;
using Rotel.DiskLog;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Durability;

namespace Rotel.Durability;

/// <summary>
/// One engine after another on one directory of a disk that fails at random, with two destinations that do: whatever was accepted comes to
/// each once, or is dropped for a reason that is counted. <c>ROTEL_TEST_SOAK=600</c> makes it ten minutes.
/// </summary>
public sealed class DiskQueueSoakTests
{
    private static readonly string[] Exporters = ["first", "second"];

    private readonly Random _random = new(FreshSeed.Value);
    private readonly Dictionary<string, Destination> _destinations = Exporters.ToDictionary(name => name, _ => new Destination());
    private readonly HashSet<string> _accepted = [];

    /// <summary>Where the disk failed after it was written, it may arrive all the same: its sender is told to send it again.</summary>
    private readonly HashSet<string> _refused = [];
    private long _faults;
    private int _runs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Soak")]
    public async Task DiskQueue_OnADiskThatFailsAtRandom_AccountsForEverything()
    {
        using var directory = new TemporaryDirectory();
        var start = Stopwatch.GetTimestamp();
        for (; _runs < 5 || Stopwatch.GetElapsedTime(start) < RunLength.Soak; _runs++)
        {
            try
            {
                await RunAsync(directory, isLast: false);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{FreshSeed.Variable}={FreshSeed.Value}, run {_runs}: {exception.Message}", exception);
            }
        }

        await RunAsync(directory, isLast: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}: {_runs} runs, {_faults} faults; "
            + $"{_accepted.Count} accepted, {_refused.Count} refused; {string.Join("; ", _destinations.Values)}");
        foreach (var destination in _destinations.Values)
        {
            Assert.Empty(destination.Again);
            Assert.Empty(destination.Seen.Except(_accepted).Except(_refused));
            Assert.Equal(destination.Settled, destination.Seen.Count);
            Assert.InRange(_accepted.Except(destination.Seen).Count(), 0, destination.Dropped);
        }
    }

    private async Task RunAsync(TemporaryDirectory directory, bool isLast)
    {
        var files = new FaultyFileSystem(DiskFileSystem.Instance);
        await using var durable = new DurableEngine(
            directory,
            _random.Next(2) == 0 ? DiskQueueMode.Spill : DiskQueueMode.Always,
            files,
            configure: options =>
            {
                options.Strength = (DiskQueueStrength)_random.Next(2);
                options.CommitInterval = TimeSpan.FromMilliseconds(_random.Next(3));
            });
        foreach (var name in Exporters)
        {
            var settings = EngineUnderTest.Settings(maxBytes: _random.Next(4, 64) << 10, maxItems: _random.Next(3, 40));
            durable.AddQueue(Exporter(_destinations[name], isLast ? 0 : _random.Next(60)), name, settings with
            {
                Retry = new RetrySchedule(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(8), TimeSpan.FromHours(1)),
            });
        }

        await durable.OpenAsync();
        await (isLast ? FlushAsync(durable) : LoadAsync(durable, files));
        _faults += files.Faults;
        await durable.StopAsync(TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? 0 : _random.Next(200)));
        foreach (var queue in durable.Engine.Queues)
            _destinations[queue.Exporter].Count(queue.Ledger);
    }

    private static async Task FlushAsync(DurableEngine durable)
    {
        try
        {
            await Watchdog.WaitAsync(
                Task.WhenAll(durable.Engine.Queues.Select(queue => queue.FlushAsync(Token))), "the flush of all", Token);
        }
        catch (TimeoutException exception)
        {
            var states = durable.Engine.Queues.Select(queue =>
                $"{queue.Exporter}: holds {queue.HeldItems} items and {queue.UsedBytes} bytes, is behind: {queue.Lane!.IsBehind}, "
                + $"unfinished on disk: {queue.Lane.UnfinishedBytes} bytes, delivered {queue.Ledger.Delivered}");
            throw new TimeoutException($"{exception.Message}; {string.Join("; ", states)}", exception);
        }
    }

    private async Task LoadAsync(DurableEngine durable, FaultyFileSystem files)
    {
        var intake = durable.Engine.CreateIntake(
            TimeSpan.FromMilliseconds(_random.Next(20)),
            _random.Next(2) == 0 ? AcknowledgementMode.Durable : AcknowledgementMode.Accepted);
        for (var i = _random.Next(20, 400); i > 0; i--)
        {
            if (_random.Next(60) == 0)
                files.FailByChance(_random.Next(), _random.NextDouble() / 2);
            if (_random.Next(60) == 0)
                files.Heal();
            var (spans, prefix) = (_random.Next(1, 8), $"{_runs}.{i}.");
            var body = TraceBody.Of(spans, prefix, padding: _random.Next(8) == 0 ? 3000 : _random.Next(300));
            var result = await Watchdog.WaitAsync(EngineUnderTest.IngestAsync(intake, body).AsTask(), $"an answer to body {i}", Token);
            (result.IsAccepted ? _accepted : _refused).UnionWith(Enumerable.Range(0, spans).Select(span => $"{prefix}{span}"));
        }

        // What could not be saved by a stop would rightly be sent again.
        files.Heal();
    }

    private ScriptedExporter Exporter(Destination destination, int hostility)
    {
        var random = new Random(_random.Next());
        return new ScriptedExporter(async attempt =>
        {
            await Task.Yield();
            lock (destination)
            {
                if (random.Next(100) < hostility && random.Next(8) != 0)
                    return ExportOutcome.Retry("busy");
                destination.See(TraceBody.SpanNames(attempt.Bodies));
                return random.Next(100) < hostility ? ExportOutcome.Rejected("no") : ExportOutcome.Delivered();
            }
        });
    }

    /// <summary>What one exporter had to do with, over all runs.</summary>
    private sealed class Destination
    {
        /// <summary>Delivered or refused for good.</summary>
        public HashSet<string> Seen { get; } = [];

        public List<string> Again { get; } = [];

        /// <summary>The same as the ledgers have it.</summary>
        public long Settled { get; private set; }

        /// <summary>For other reasons.</summary>
        public long Dropped { get; private set; }

        public void See(IEnumerable<string> names) => Again.AddRange(names.Where(name => !Seen.Add(name)));

        public void Count(Diagnostics.ExporterLedger ledger)
        {
            var rejected = ledger.Dropped(DropReason.DestinationRejected);
            Settled += ledger.Delivered + rejected;
            Dropped += ledger.TotalDropped - rejected;
        }

        public override string ToString() => $"{Settled} settled, {Dropped} dropped, {Again.Count} again {string.Join(", ", Again)}";
    }
}
