using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Engine;

/// <summary>A real pipeline of one signal: budget, intake, queues and workers, over exporters that the test scripts.</summary>
internal sealed class EngineUnderTest : IDisposable
{
    private readonly TimeProvider _time;
    private readonly List<ExporterQueue> _queues = [];

    public EngineUnderTest(TimeProvider? time = null, long budget = 64 * 1024 * 1024, int workers = 2)
    {
        _time = time ?? new TimerThread();
        Workers = new BackgroundWorkers(workers);
        Pool = new BufferPool(new ByteBudget(budget));
        Metrics = new RotelMetrics(Pool.Budget);
        Receiver = Metrics.AddReceiver("test", OtlpSignal.Traces);
    }

    public static TimeSpan RequestTimeout { get; } = TimeSpan.FromSeconds(4);

    public BackgroundWorkers Workers { get; }

    public BufferPool Pool { get; }

    /// <summary>Where the queues that are added from now on write.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    public RotelMetrics Metrics { get; }

    /// <summary>What the intakes made here have accepted and refused.</summary>
    public ReceiverLedger Receiver { get; }

    public IReadOnlyList<ExporterQueue> Queues => _queues;

    public TimeProvider Time => _time;

    public static ExporterQueueSettings Settings(
        OverflowPolicy overflow = OverflowPolicy.Block, long maxBytes = 16 * 1024 * 1024, int maxItems = 100, int concurrency = 2) =>
        new(
            "test",
            maxBytes,
            overflow,
            new BatchLimits(maxItems, BatchOptions.DefaultMaxBytes, TimeSpan.FromMilliseconds(200)),
            new RetrySchedule(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(300)),
            RequestTimeout,
            concurrency);

    public ExporterQueue AddQueue(IExporter exporter, ExporterQueueSettings? settings = null)
    {
        settings ??= Settings();
        var queue = new ExporterQueue(
            OtlpSignal.Traces,
            settings,
            exporter,
            Pool,
            Workers,
            _time,
            Metrics.CreateExporterLedger(settings.Exporter, OtlpSignal.Traces),
            new DeliveryLog(Logger, settings.Exporter, OtlpSignal.Traces, _time));
        _queues.Add(queue);
        return queue;
    }

    public Intake CreateIntake(
        TimeSpan? admissionTimeout = null,
        AcknowledgementMode acknowledgement = AcknowledgementMode.Accepted,
        OtlpLimits? limits = null,
        params IPayloadProcessor[] processors)
    {
        var pipeline = new Pipeline(OtlpSignal.Traces, processors, _queues);
        return new Intake(
            Pool,
            _time,
            Workers,
            new IntakeSettings(
                limits ?? OtlpLimits.Untrusted, admissionTimeout ?? TimeSpan.FromSeconds(2), acknowledgement, TimeSpan.FromSeconds(10)),
            [pipeline, null, null, null],
            [Receiver, .. OtlpSignals.All[1..].ToArray().Select(signal => Metrics.AddReceiver("test", signal))]);
    }

    /// <summary>Hands a body in as a receiver would.</summary>
    public static ValueTask<IngestResult> IngestAsync(
        Intake intake, byte[] body, CancellationToken? senderGone = null, RequestMetadata? metadata = null)
    {
        Assert.True(intake.TryRent(body.Length, out var buffer));
        body.CopyTo(buffer.Span);
        return intake.IngestAsync(
            OtlpSignal.Traces,
            buffer,
            body.Length,
            intake.StartRequest(null),
            senderGone ?? TestContext.Current.CancellationToken,
            metadata);
    }

    /// <summary>The ledger must add up whenever nothing moves: accepted = delivered + dropped + held, in memory and on disk.</summary>
    public void AssertLedgerAddsUp()
    {
        foreach (var queue in _queues)
        {
            var onDisk = queue.Ledger.Kept + (queue.Lane?.ItemsOnDisk ?? 0);
            Assert.Equal(queue.Ledger.Accepted, queue.Ledger.Delivered + queue.Ledger.TotalDropped + queue.HeldItems + onDisk);
        }
    }

    public void Dispose()
    {
        foreach (var queue in _queues)
            queue.Dispose();
        Workers.Dispose();
        Metrics.Dispose();
        (_time as IDisposable)?.Dispose();
    }
}
