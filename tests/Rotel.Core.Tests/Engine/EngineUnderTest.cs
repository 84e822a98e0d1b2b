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
    private readonly BackgroundWorkers _workers = new(2);
    private readonly TimeProvider _time;
    private readonly List<ExporterQueue> _queues = [];

    public EngineUnderTest(TimeProvider? time = null, long budget = 64 * 1024 * 1024)
    {
        _time = time ?? new TimerThread();
        Pool = new BufferPool(new ByteBudget(budget));
        Metrics = new RotelMetrics(Pool.Budget);
    }

    public static TimeSpan RequestTimeout { get; } = TimeSpan.FromSeconds(4);

    public BufferPool Pool { get; }

    public RotelMetrics Metrics { get; }

    public IReadOnlyList<ExporterQueue> Queues => _queues;

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
            _workers,
            _time,
            Metrics.CreateExporterLedger(settings.Exporter, OtlpSignal.Traces),
            new DeliveryLog(NullLogger.Instance, settings.Exporter, OtlpSignal.Traces, _time));
        _queues.Add(queue);
        return queue;
    }

    public Intake CreateIntake(
        TimeSpan? admissionTimeout = null, AcknowledgementMode acknowledgement = AcknowledgementMode.Accepted, params IPayloadProcessor[] processors)
    {
        var pipeline = new Pipeline(OtlpSignal.Traces, processors, _queues);
        return new Intake(
            Pool,
            _time,
            _workers,
            new IntakeSettings(
                OtlpLimits.Untrusted, admissionTimeout ?? TimeSpan.FromSeconds(2), acknowledgement, TimeSpan.FromSeconds(10)),
            [pipeline, null, null],
            [Metrics.AddReceiver("test", OtlpSignal.Traces), Metrics.AddReceiver("test", OtlpSignal.Metrics), Metrics.AddReceiver("test", OtlpSignal.Logs)]);
    }

    /// <summary>Hands a body in as a receiver would.</summary>
    public static ValueTask<IngestResult> IngestAsync(Intake intake, byte[] body)
    {
        Assert.True(intake.TryRent(body.Length, out var buffer));
        body.CopyTo(buffer.Span);
        return intake.IngestAsync(
            OtlpSignal.Traces, buffer, body.Length, intake.StartRequest(null), TestContext.Current.CancellationToken);
    }

    /// <summary>The ledger must add up whenever nothing moves: accepted = delivered + dropped + held.</summary>
    public void AssertLedgerAddsUp()
    {
        foreach (var queue in _queues)
            Assert.Equal(queue.Ledger.Accepted, queue.Ledger.Delivered + queue.Ledger.TotalDropped + queue.HeldItems);
    }

    public void Dispose()
    {
        foreach (var queue in _queues)
            queue.Dispose();
        _workers.Dispose();
        Metrics.Dispose();
        (_time as IDisposable)?.Dispose();
    }
}
