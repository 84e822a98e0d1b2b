using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
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

namespace Rotel.Receivers.Sharing;

/// <summary>A holder's started endpoint before a real engine with one recording destination.</summary>
internal sealed class SharedSetup : IAsyncDisposable
{
    private readonly TimerThread _time = new();
    private readonly BackgroundWorkers _workers = new(1);
    private readonly RotelMetrics _metrics;
    private readonly List<ExporterQueue> _queues = [];
    private readonly Pipeline?[] _pipelines = new Pipeline?[OtlpSignals.Count];

    private SharedSetup(
        long budget, long queueBytes, TimeSpan? retryFor, TimeSpan? admission, ILoggerFactory? logs, TimeProvider? time, OtlpSignal[] signals)
    {
        Pool = new BufferPool(new ByteBudget(budget));
        _metrics = new RotelMetrics(Pool.Budget);
        foreach (var signal in signals)
        {
            var settings = new ExporterQueueSettings(
                "recording",
                queueBytes,
                OverflowPolicy.Block,
                new BatchLimits(8192, 1024 * 1024, TimeSpan.Zero),
                RetrySchedule.From(new RetryOptions { MaxElapsedTime = retryFor ?? TimeSpan.FromMinutes(5) }),
                TimeSpan.FromMinutes(5),
                64);
            var queue = new ExporterQueue(
                signal,
                settings,
                Exporter,
                Pool,
                _workers,
                _time,
                _metrics.CreateExporterLedger("recording", signal),
                new DeliveryLog(NullLogger.Instance, "recording", signal, _time));
            _queues.Add(queue);
            _pipelines[(int)signal] = new Pipeline(signal, [], [queue]);
        }

        Ledgers = [.. OtlpSignals.All.ToArray().Select(signal => _metrics.AddReceiver(SharedEndpoint.Name, signal))];
        Flush = async cancellation =>
        {
            await Task.WhenAll(_queues.Select(queue => queue.FlushAsync(cancellation)));
            return true;
        };
        var wait = admission ?? TimeSpan.FromSeconds(2);
        Endpoint = new SharedEndpoint(
            Token,
            Intake(AcknowledgementMode.Accepted, wait),
            Intake(AcknowledgementMode.Delivered, wait),
            cancellation => Flush(cancellation),
            logs ?? NullLoggerFactory.Instance,
            time ?? _time);
    }

    public byte[] Token { get; } = RandomNumberGenerator.GetBytes(SharedHandshake.Length);

    public BufferPool Pool { get; }

    public RecordingExporter Exporter { get; } = new();

    public ReceiverLedger[] Ledgers { get; }

    public SharedEndpoint Endpoint { get; }

    /// <summary>What a request to flush does: at first, that of the queues.</summary>
    public Func<CancellationToken, Task<bool>> Flush { get; set; }

    /// <param name="budget">Of all bodies.</param>
    /// <param name="queueBytes">Of the queue of each signal, which blocks.</param>
    /// <param name="retryFor">How long the destination is tried.</param>
    /// <param name="admission">How long a sender waits for room.</param>
    /// <param name="logs">Where the endpoint logs.</param>
    /// <param name="time">The endpoint's own clock.</param>
    /// <param name="signals">Which have a destination; all where none is named.</param>
    public static async Task<SharedSetup> StartAsync(
        long budget = 64 * 1024 * 1024,
        long queueBytes = 32 * 1024 * 1024,
        TimeSpan? retryFor = null,
        TimeSpan? admission = null,
        ILoggerFactory? logs = null,
        TimeProvider? time = null,
        params OtlpSignal[] signals)
    {
        var setup = new SharedSetup(
            budget, queueBytes, retryFor, admission, logs, time, signals.Length == 0 ? OtlpSignals.All.ToArray() : signals);
        await setup.Endpoint.StartAsync(TestContext.Current.CancellationToken);
        return setup;
    }

    /// <summary>Waits until the destination has so many items.</summary>
    public Task ArrivedAsync(int items) => UntilAsync(() => Exporter.Count >= items, $"{items} items at the destination");

    /// <summary>Waits until so many attempts have reached the destination, which may hold them.</summary>
    public Task AttemptedAsync(int attempts) => UntilAsync(() => Exporter.Attempts >= attempts, $"{attempts} attempts at the destination");

    public Deadline In(TimeSpan time) => new(_time, time);

    /// <summary>Ends as a killed process does, as far as its connections can tell.</summary>
    public ValueTask KillAsync() => Endpoint.DisposeAsync();

    /// <summary>Stops as Rotel does, and proves that nothing leaked.</summary>
    public async ValueTask DisposeAsync()
    {
        Endpoint.EndLinks();
        foreach (var queue in _queues)
            await queue.DrainAsync(In(TimeSpan.FromSeconds(10)), CancellationToken.None);
        await Endpoint.StopAsync(In(TimeSpan.FromSeconds(10)), CancellationToken.None);
        await Endpoint.DisposeAsync();
        foreach (var queue in _queues)
            queue.Dispose();
        while (true)
        {
            var room = Pool.Budget.Room.NextRelease();
            if (Pool.Budget.Reserved == 0)
                break;
            await Watchdog.WaitAsync(room, $"the budget empty; {Pool.Budget.Reserved} bytes are held", TestContext.Current.CancellationToken);
        }

        _workers.Dispose();
        _time.Dispose();
        _metrics.Dispose();
    }

    private Task UntilAsync(Func<bool> condition, string what) => Watchdog.UntilAsync(
        Exporter.Changes,
        condition,
        () => $"{what}; {Exporter.Count} came in {Exporter.Attempts} attempts",
        TestContext.Current.CancellationToken);

    private Intake Intake(AcknowledgementMode acknowledgement, TimeSpan admission) => new(
        Pool,
        _time,
        _workers,
        new IntakeSettings(OtlpLimits.InProcess, admission, acknowledgement, Timeout.InfiniteTimeSpan),
        [.. _pipelines],
        Ledgers);
}
