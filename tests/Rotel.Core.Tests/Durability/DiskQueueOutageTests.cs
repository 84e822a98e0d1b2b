using Microsoft.Extensions.Time.Testing;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Engine;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Durability;

/// <summary>
/// A destination that is away for ten hours, on a clock of the test: memory is flat, the disk within its cap, and what is lost is what the
/// limits say, counted.
/// </summary>
public sealed class DiskQueueOutageTests
{
    private const int SpansOfABody = 2;
    private const long QueueBytes = 32 * 1024;

    private static readonly TimeSpan Outage = TimeSpan.FromHours(10);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);
    private static readonly int Bodies = (int)(Outage / Step);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private bool _isAway = true;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DiskQueueMode.Spill)]
    [InlineData(DiskQueueMode.Always)]
    public async Task Outage_WithinTheLimits_LosesNothing(DiskQueueMode mode)
    {
        using var directory = new TemporaryDirectory();
        var exporter = Exporter();
        await using var durable = await StartAsync(directory, exporter, mode, _ => { });
        var queue = durable.Engine.Queues[0];

        await LoadAsync(durable, directory, padding: 600);
        Assert.Equal(0, queue.Ledger.TotalDropped);
        Assert.Equal(0, queue.Ledger.Delivered);
        durable.Engine.AssertLedgerAddsUp();

        await ComeBackAsync(queue);
        Assert.Equal(DurableEngine.Names(0, Bodies).Order(), DurableEngine.Delivered(exporter).Order());
        Assert.Equal(0, queue.Ledger.TotalDropped);
        durable.Engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Outage_LongerThanTheAge_DropsTheOldestAndCountsIt()
    {
        var age = TimeSpan.FromHours(2);
        using var directory = new TemporaryDirectory();
        var exporter = Exporter();
        await using var durable = await StartAsync(directory, exporter, DiskQueueMode.Always, options => options.MaxAge = age);
        var queue = durable.Engine.Queues[0];

        await LoadAsync(durable, directory, padding: 600);
        await ComeBackAsync(queue);
        var delivered = DurableEngine.Delivered(exporter).ToHashSet();
        Assert.Empty(DurableEngine.Names(Bodies - (int)(age / Step) + 1, (int)(age / Step) - 1).Except(delivered));

        // At eight hours of ten, less a segment, which may be as old as an eighth of the age.
        Assert.InRange(queue.Ledger.Dropped(DropReason.DiskQueueExpired), Bodies * SpansOfABody / 2, (Bodies * SpansOfABody * 8 / 10) + 4);
        Assert.Equal(Bodies * SpansOfABody, delivered.Count + queue.Ledger.TotalDropped);
        Assert.Equal(
            queue.Ledger.TotalDropped,
            queue.Ledger.Dropped(DropReason.DiskQueueExpired) + queue.Ledger.Dropped(DropReason.RetryExpired));
        durable.Engine.AssertLedgerAddsUp();
    }

    [Fact]
    public async Task Outage_OfMoreThanTheCap_DropsTheOldestAndCountsIt()
    {
        const long Cap = 2 << 20;
        using var directory = new TemporaryDirectory();
        var exporter = Exporter();
        await using var durable = await StartAsync(directory, exporter, DiskQueueMode.Spill, options => options.MaxBytes = Cap);
        var queue = durable.Engine.Queues[0];

        await LoadAsync(durable, directory, padding: 3000, diskBytes: Cap + (64 * 1024));
        Assert.InRange(queue.Ledger.Dropped(DropReason.DiskQueueFull), Bodies * SpansOfABody / 2, Bodies * SpansOfABody);
        durable.Engine.AssertLedgerAddsUp();

        await ComeBackAsync(queue);
        var delivered = DurableEngine.Delivered(exporter).ToHashSet();

        // All but the cap's last segment, a thirty-second part, holds what is newest.
        const int Newest = (int)(Cap * 9 / 10 / (SpansOfABody * 3100));
        Assert.Empty(DurableEngine.Names(Bodies - Newest, Newest).Except(delivered));
        Assert.Equal(queue.Ledger.TotalDropped, queue.Ledger.Dropped(DropReason.DiskQueueFull));
        Assert.Equal(Bodies * SpansOfABody, delivered.Count + queue.Ledger.TotalDropped);
        durable.Engine.AssertLedgerAddsUp();
    }

    private ScriptedExporter Exporter() => new(_ => new(_isAway ? ExportOutcome.Retry("it is away") : ExportOutcome.Delivered()));

    private async Task<DurableEngine> StartAsync(
        TemporaryDirectory directory, IExporter exporter, DiskQueueMode mode, Action<DiskQueueOptions> configure)
    {
        var durable = new DurableEngine(directory, mode, time: _time, configure: configure);
        var options = new DiskQueueOptions();
        configure(options);
        durable.AddQueue(exporter, settings: EngineUnderTest.Settings(maxBytes: QueueBytes, maxItems: 8) with
        {
            Retry = new RetrySchedule(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), options.MaxAge),
            Batch = new BatchLimits(8, BatchOptions.DefaultMaxBytes, TimeSpan.Zero),
        });
        await durable.OpenAsync();
        return durable;
    }

    /// <summary>A body in each half minute of the outage.</summary>
    private async Task LoadAsync(DurableEngine durable, TemporaryDirectory directory, int padding, long diskBytes = long.MaxValue)
    {
        var intake = durable.Engine.CreateIntake();
        for (var i = 0; i < Bodies; i++)
        {
            var body = TraceBody.Of(SpansOfABody, prefix: $"{i}.", padding);
            var result = await Watchdog.WaitAsync(EngineUnderTest.IngestAsync(intake, body).AsTask(), $"an answer to body {i}", Token);
            Assert.True(result.IsAccepted, result.Message);
            _time.Advance(Step);

            // What is read ahead counts with what waits.
            Assert.InRange(durable.Engine.Pool.Budget.Reserved, 0, 2 * QueueBytes);
            if (i % 50 == 0)
                Assert.InRange(BytesIn(directory), 0, diskBytes);
        }
    }

    private async Task ComeBackAsync(ExporterQueue queue)
    {
        _isAway = false;
        var flushed = queue.FlushAsync(Token);
        using var patience = new CancellationTokenSource(Watchdog.Deadline);
        while (!flushed.IsCompleted)
        {
            // What waits for the clock goes on; what does not is left the time it needs, in which nothing becomes too old.
            Assert.False(patience.IsCancellationRequested, $"{queue.Ledger.Delivered} of {queue.Ledger.Accepted} delivered");
            _time.Advance(Step);
            await Task.WhenAny(flushed, Task.Delay(TimeSpan.FromSeconds(2), Token));
        }

        await flushed;
    }

    private static long BytesIn(TemporaryDirectory directory)
    {
        var bytes = 0L;
        foreach (var file in new DirectoryInfo(directory.Path).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            try
            {
                bytes += file.Length;
            }
            catch (FileNotFoundException)
            {
                // It went while it was looked at.
            }
        }

        return bytes;
    }
}
