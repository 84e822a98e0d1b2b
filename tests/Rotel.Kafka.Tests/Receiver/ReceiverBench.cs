using Microsoft.Extensions.Logging;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Engine;
using Rotel.Kafka.TestKit;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// One Rotel process as far as the receiver is concerned: real intake, queues and workers, over an exporter that the test scripts.
/// </summary>
internal sealed class ReceiverBench : IAsyncDisposable
{
    private readonly TimerThread _time = new();
    private readonly BackgroundWorkers _workers = new(2);
    private readonly RotelMetrics _metrics;
    private readonly List<ExporterQueue> _queues = [];
    private readonly ReceiverLedger[] _ledgers;
    private readonly KafkaReceiver _receiver;
    private bool _isStopped;

    /// <param name="options">Of the receiver.</param>
    /// <param name="answer">What the exporter answers; the same for all signals.</param>
    /// <param name="budget">The memory budget.</param>
    /// <param name="queueBytes">What each queue may hold.</param>
    /// <param name="retryFor">How long the exporter tries again; for ever where null.</param>
    /// <param name="metadataKeys">The headers that the exporter wants with its batches.</param>
    /// <param name="logger">The receiver's; <see cref="Logs"/> where null.</param>
    /// <param name="batchItems">The most items in one batch.</param>
    /// <param name="processors">Between the receiver and the queues.</param>
    /// <param name="signals">Those that have an exporter; traces, metrics and logs where null.</param>
    public ReceiverBench(
        KafkaReceiverOptions options,
        Func<ScriptedAttempt, ValueTask<ExportOutcome>>? answer = null,
        long budget = 64 << 20,
        long queueBytes = 16 << 20,
        TimeSpan? retryFor = null,
        IReadOnlyList<string>? metadataKeys = null,
        IReadOnlyList<OtlpSignal>? signals = null,
        ILogger? logger = null,
        int batchItems = 1000,
        IReadOnlyList<IPayloadProcessor>? processors = null)
    {
        Pool = new BufferPool(new ByteBudget(budget));
        _metrics = new RotelMetrics(Pool.Budget);
        var pipelines = new Pipeline?[OtlpSignals.Count];
        _ledgers = [.. OtlpSignals.All.ToArray().Select(signal => _metrics.AddReceiver("kafka", signal))];
        foreach (var signal in signals ?? OtlpSignals.Mergeable.ToArray())
        {
            Exporters[signal] = new ScriptedExporter(answer ?? (static _ => new(ExportOutcome.Delivered())));
            var queue = new ExporterQueue(
                signal,
                new ExporterQueueSettings(
                    "test",
                    queueBytes,
                    OverflowPolicy.DropOldest,
                    new BatchLimits(batchItems, BatchOptions.DefaultMaxBytes, TimeSpan.FromMilliseconds(10)),
                    new RetrySchedule(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), retryFor ?? TimeSpan.Zero),
                    TimeSpan.FromSeconds(60),
                    4)
                {
                    MetadataKeys = metadataKeys ?? [],
                },
                Exporters[signal],
                Pool,
                _workers,
                _time,
                _metrics.CreateExporterLedger("test", signal),
                new DeliveryLog(Logs.CreateLogger("Rotel.Delivery"), "test", signal, _time));
            _queues.Add(queue);
            pipelines[(int)signal] = new Pipeline(signal, processors ?? [], [queue]);
        }

        var settings = new IntakeSettings(
            OtlpLimits.Untrusted, TimeSpan.FromSeconds(2), AcknowledgementMode.Accepted, TimeSpan.FromSeconds(10));
        var intake = new Intake(Pool, _time, _workers, settings, pipelines, _ledgers);
        logger ??= Logs.CreateLogger("Rotel.Receivers.kafka");
        _receiver = new KafkaReceiver(options, new ReceiverContext("kafka", intake, _time, logger));
    }

    public BufferPool Pool { get; }

    public LogRecorder Logs { get; } = new();

    /// <summary>By signal.</summary>
    public Dictionary<OtlpSignal, ScriptedExporter> Exporters { get; } = [];

    public ScriptedExporter Traces => Exporters[OtlpSignal.Traces];

    public string? Problem => _receiver.Problem;

    /// <summary>The names of all spans that were delivered, as often as they were.</summary>
    public IReadOnlyList<string> DeliveredSpans =>
    [
        .. TraceBody.SpanNames(Traces.Attempts.Where(attempt => attempt.Outcome?.Kind == ExportOutcomeKind.Delivered)
            .SelectMany(attempt => attempt.Bodies)),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Options that suit the simulator: it waits out fetches, and a rebalance lasts a session.</summary>
    public static KafkaReceiverOptions Options(KafkaCluster cluster, string group, params IEnumerable<string> traces)
    {
        var options = new KafkaReceiverOptions
        {
            Traces = true,
            GroupId = group,
            AutoOffsetReset = KafkaAutoOffsetReset.Earliest,
            FetchMaxWait = TimeSpan.FromMilliseconds(10),
            AutoCommitInterval = TimeSpan.FromMilliseconds(50),
            SessionTimeout = TimeSpan.FromSeconds(2),
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            MetadataMaxAge = TimeSpan.FromSeconds(1),
        };
        foreach (var broker in cluster.Bootstraps.Split(','))
            options.Brokers.Add(broker);
        options.CustomConfig["reconnect.backoff.max.ms"] = "100";
        options.TracesTopics.Clear();
        foreach (var topic in traces)
            options.TracesTopics.Add(topic);
        return options;
    }

    public long Refused(OtlpSignal signal, RefusalReason reason) => _ledgers[(int)signal].Refused(reason);

    public async Task<ReceiverBench> StartAsync()
    {
        await _receiver.StartAsync(Token);
        return this;
    }

    /// <summary>Stops as a collector does: nothing more is taken, the queues drain, the receiver commits and leaves.</summary>
    /// <param name="drainFor">How long the queues may take.</param>
    /// <param name="closeFor">How long leaving may take.</param>
    public async Task StopAsync(TimeSpan? drainFor = null, TimeSpan? closeFor = null)
    {
        _isStopped = true;
        await Watchdog.WaitAsync(_receiver.StopAsync(After(TimeSpan.FromSeconds(10)), Token), "the stop", Token);
        await Watchdog.WaitAsync(
            Task.WhenAll(_queues.Select(queue => queue.DrainAsync(After(drainFor ?? TimeSpan.FromSeconds(10)), Token))),
            "the drain",
            Token);
        await Watchdog.WaitAsync(_receiver.CloseAsync(After(closeFor ?? TimeSpan.FromSeconds(20)), Token), "leaving", Token);
    }

    /// <summary>Disposes the receiver alone, without any stop, as a host does whose start failed.</summary>
    public async Task DisposeReceiverAsync()
    {
        _isStopped = true;
        await Watchdog.WaitAsync(_receiver.DisposeAsync().AsTask(), "disposal", Token);
    }

    public Task LoggedAsync(int eventId) => Logs.UntilAsync(line => line.EventId == eventId, $"event {eventId}", Token);

    public Task DeliveredAsync(int spans) => Watchdog.WaitAsync(
        Traces.UntilAsync(_ => DeliveredSpans.Distinct().Count() >= spans), $"{spans} spans", Token);

    /// <summary>Nobody is told when the receiver's problem changes: it is asked again and again.</summary>
    public async Task UntilAsync(Func<ReceiverBench, bool> condition, string what)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(Watchdog.Deadline);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!condition(this))
                await again.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            throw new TimeoutException($"Not seen within {Watchdog.Deadline.TotalSeconds:0} s: {what}; it is: {Problem}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
            await StopAsync(TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await _receiver.DisposeAsync();
        foreach (var queue in _queues)
            queue.Dispose();
        _metrics.Dispose();
        _workers.Dispose();
        _time.Dispose();
    }

    private Deadline After(TimeSpan time) => new(_time, time);
}
