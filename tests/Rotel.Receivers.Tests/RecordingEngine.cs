using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Otlp;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Receivers;

/// <summary>A real engine with one recording destination and a queue for each signal, which blocks.</summary>
internal sealed class RecordingEngine : IAsyncDisposable
{
    private readonly BackgroundWorkers _workers = new(1);
    private readonly List<ExporterQueue> _queues = [];
    private readonly Pipeline?[] _pipelines = new Pipeline?[OtlpSignals.Count];

    /// <param name="budget">Of all bodies.</param>
    /// <param name="queueBytes">Of the queue of each signal.</param>
    /// <param name="retry">How the destination is tried.</param>
    /// <param name="requestTimeout">Of one attempt.</param>
    /// <param name="concurrency">Attempts at once.</param>
    /// <param name="processors">Of every signal.</param>
    /// <param name="signals">Which have a destination; all where none is named.</param>
    public RecordingEngine(
        long budget,
        long queueBytes,
        RetryOptions retry,
        TimeSpan requestTimeout,
        int concurrency,
        IPayloadProcessor[] processors,
        OtlpSignal[] signals)
    {
        Pool = new BufferPool(new ByteBudget(budget));
        Metrics = new RotelMetrics(Pool.Budget);
        var settings = new ExporterQueueSettings(
            "recording",
            queueBytes,
            OverflowPolicy.Block,
            new BatchLimits(8192, 1024 * 1024, TimeSpan.Zero),
            RetrySchedule.From(retry),
            requestTimeout,
            concurrency);
        foreach (var signal in signals.Length == 0 ? OtlpSignals.All.ToArray() : signals)
        {
            var queue = new ExporterQueue(
                signal,
                settings,
                Exporter,
                Pool,
                _workers,
                Time,
                Metrics.CreateExporterLedger("recording", signal),
                new DeliveryLog(NullLogger.Instance, "recording", signal, Time));
            _queues.Add(queue);
            _pipelines[(int)signal] = new Pipeline(signal, processors, [queue]);
        }
    }

    public TimerThread Time { get; } = new();

    public BufferPool Pool { get; }

    public RotelMetrics Metrics { get; }

    public RecordingExporter Exporter { get; } = new();

    public ReceiverLedger[] Ledgers(string receiver) =>
        [.. OtlpSignals.All.ToArray().Select(signal => Metrics.AddReceiver(receiver, signal))];

    public Intake Intake(IntakeSettings settings, ReceiverLedger[] ledgers) =>
        new(Pool, Time, _workers, settings, [.. _pipelines], ledgers);

    public Deadline In(TimeSpan time) => new(Time, time);

    /// <summary>Waits until the destination has so many items.</summary>
    public Task ArrivedAsync(int items) => UntilAsync(() => Exporter.Count >= items, $"{items} items at the destination");

    /// <summary>Waits until so many attempts have reached the destination, which may hold them.</summary>
    public Task AttemptedAsync(int attempts) => UntilAsync(() => Exporter.Attempts >= attempts, $"{attempts} attempts at the destination");

    public Task FlushAsync(CancellationToken cancellation) => Task.WhenAll(_queues.Select(queue => queue.FlushAsync(cancellation)));

    public async Task DrainAsync()
    {
        foreach (var queue in _queues)
            await queue.DrainAsync(In(TimeSpan.FromSeconds(10)), CancellationToken.None);
    }

    /// <summary>Waits until every byte is given back: the last step of a request is not seen by its sender.</summary>
    public async Task NothingHeldAsync()
    {
        while (true)
        {
            var room = Pool.Budget.Room.NextRelease();
            if (Pool.Budget.Reserved == 0)
                return;
            await Watchdog.WaitAsync(room, $"the budget empty; {Pool.Budget.Reserved} bytes are held", TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends what is drained, and proves that nothing leaked.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var queue in _queues)
            queue.Dispose();
        await NothingHeldAsync();
        _workers.Dispose();
        Time.Dispose();
        Metrics.Dispose();
    }

    private Task UntilAsync(Func<bool> condition, string what) => Watchdog.UntilAsync(
        Exporter.Changes,
        condition,
        () => $"{what}; {Exporter.Count} came in {Exporter.Attempts} attempts",
        TestContext.Current.CancellationToken);
}
