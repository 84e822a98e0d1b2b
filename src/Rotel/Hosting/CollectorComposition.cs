using Microsoft.Extensions.Logging;
using OpenTelemetry;
using Rotel.Configuration;
using Rotel.DeadLetters;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.DiskLog;
using Rotel.Durability;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Operation;
using Rotel.Receivers.Otlp;
using Rotel.Receivers.Server;
using Rotel.Sharing;
using Rotel.Telemetry;
using Rotel.Threading;

namespace Rotel.Hosting;

/// <summary>
/// Wires a collector from its plan, from the end of the flow to its beginning. <see cref="Compose"/> is the table of contents.
/// </summary>
internal sealed class CollectorComposition
{
    /// <summary>A hand-off waits as long as its exporter's own time-out allows; this only bounds one without.</summary>
    private static readonly TimeSpan HandOffAdmissionTimeout = TimeSpan.FromSeconds(30);

    private readonly RotelPlan _plan;
    private readonly ILoggerFactory _loggerFactory;
    private readonly TimerThread _time = new();
    private readonly BackgroundWorkers _workers = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly BufferPool _pool;
    private readonly RotelMetrics _metrics;
    private readonly ProcessorComposition _processors;
    private readonly TraceWatch? _traces;
    private readonly DeadLetterStore? _deadLetters;
    private readonly InternalTelemetryComposition _internal;
    private readonly DiskQueue? _disk;
    private StarvationRelief? _relief;
    private IntakeFactory? _intakes;

    /// <param name="plan">What to wire.</param>
    /// <param name="loggerFactory">Where messages go.</param>
    /// <param name="services">The application's, for its own processors; null without a container.</param>
    public CollectorComposition(RotelPlan plan, ILoggerFactory loggerFactory, IServiceProvider? services)
    {
        _plan = plan;
        _internal = new InternalTelemetryComposition(plan, loggerFactory);
        _loggerFactory = _internal.LoggerFactory;
        _pool = new BufferPool(new ByteBudget(plan.Options.EffectiveMemoryLimit));
        if (plan.Options.MemoryGuard)
            _ = new MemoryGuard(_pool, new ProcessMemory(), _time, _workers, _loggerFactory.CreateLogger("Rotel.Memory"));
        _metrics = new RotelMetrics(_pool.Budget);
        _processors = new ProcessorComposition(plan, _loggerFactory, services, _pool, _time, _metrics);
        _disk = CreateDiskQueue();
        _deadLetters = CreateDeadLetters(plan.Options.DeadLetters, loggerFactory);
        _traces = plan.Options.RememberedTraces > 0 ? new TraceWatch(plan.Options.RememberedTraces) : null;
    }

    /// <exception cref="RotelConfigurationException">The constructor of a processor in a file failed; nothing is left running.</exception>
    public CollectorParts Compose()
    {
        try
        {
            return Wire();
        }
        catch
        {
            _processors.DetectionEnd.Cancel();
            _disk?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _relief?.Dispose();
            _internal.Activities?.Dispose();
            _metrics.Dispose();
            _workers.Dispose();
            _time.Dispose();
            throw;
        }
    }

    /// <summary>How OTLP of any sender is taken in.</summary>
    public static IntakeSettings OtlpSettings(OtlpReceiverOptions options) => new(
        OtlpLimits.Untrusted with { MaxItemBytes = options.MaxItemBytes ?? int.MaxValue },
        options.AdmissionTimeout,
        options.Acknowledgement,
        options.AcknowledgementTimeout);

    private CollectorParts Wire()
    {
        _processors.StartDetection();
        var exporters = _plan.Exporters.ToDictionary(exporter => exporter, CreateExporter);
        var queues = CreateQueues(exporters);
        List<ExporterQueue> holding = [.. queues];
        _relief = CreateRelief(holding);
        _intakes = new IntakeFactory(_pool, _time, _workers, _metrics, _relief) { MarksOwn = _internal.Activities is not null };
        var pipelines = CreatePipelines(queues);
        var local = new LocalIntakes(_intakes, pipelines);
        var handOff = local.Add("hand_off", HandOffSettings());
        var listeners = CreateListeners(pipelines);
        var sharing = _plan.AgentFile is { } file ? CreateSharing(file, pipelines, local, listeners, queues) : null;
        holding.AddRange(sharing?.Queues ?? []);
        return new CollectorParts(_time, _workers, _pool, _metrics, _relief, [.. exporters.Values], queues, handOff, listeners)
        {
            Typed = _processors.Typed,
            TypedThreads = _processors.Threads,
            Detection = _processors.Detection,
            DetectionEnd = _processors.DetectionEnd,
            Local = local,
            Sharing = sharing,
            Traces = _traces,
            Disk = _disk,
            DeadLetters = _deadLetters,
            Pipelines = pipelines,
            LoggerFactory = _loggerFactory,
            Activities = _internal.Activities,
            Telemetry = _internal.Connect(queues, _intakes, _metrics, _pool, _workers, _time),
            ProcessorNames = _processors.Names,
        };
    }

    private IExporter CreateExporter(ConfiguredExporter exporter) => exporter.Type.Create(
        exporter.Options,
        new ExporterContext(
            exporter.Name,
            _pool,
            _time,
            _loggerFactory.CreateLogger(OwnMessages.CategoryOf(exporter.Name)),
            new SilentMeterFactory(),
            _workers)
        {
            Environment = _plan.Options.Environment,
            Retry = _plan.Options.Retry,
        });

    /// <summary>One queue per exporter and signal: a destination that is dead for one signal does not stop another.</summary>
    private List<ExporterQueue> CreateQueues(Dictionary<ConfiguredExporter, IExporter> exporters)
    {
        var count = exporters.Keys.Sum(exporter => _plan.SignalsOf(exporter).Count);
        var share = ShareOf(count);
        var queues = new List<ExporterQueue>(count);
        foreach (var (configured, exporter) in exporters)
        {
            foreach (var signal in _plan.SignalsOf(configured))
                queues.Add(CreateQueue(signal, WithLane(configured, signal, SettingsOf(configured, signal, share)), exporter));
        }

        return queues;
    }

    private ExporterQueue CreateQueue(OtlpSignal signal, ExporterQueueSettings settings, IExporter exporter)
    {
        var name = settings.Exporter;
        var queue = new ExporterQueue(
            signal,
            settings,
            exporter,
            _pool,
            _workers,
            _time,
            _metrics.CreateExporterLedger(name, signal),
            new DeliveryLog(_internal.DeliveryLoggerOf(name), name, signal, _time));
        _metrics.Watch(queue);
        return queue;
    }

    private DiskQueue? CreateDiskQueue()
    {
        var options = _plan.Options.DiskQueue;
        if (!options.IsOn)
            return null;
        var disk = new DiskQueue(
            options,
            DiskFileSystem.Instance,
            _pool,
            _time,
            new DiskQueueLog(_loggerFactory.CreateLogger("Rotel.Durability"), _time));
        _metrics.Watch(disk);
        return disk;
    }

    private ExporterQueueSettings WithLane(ConfiguredExporter exporter, OtlpSignal signal, ExporterQueueSettings settings) =>
        _disk is null || !exporter.Options.DiskQueue ? settings : settings with
        {
            Lane = _disk.AddLane(signal, exporter.Name),

            // What a shutdown leaves has to be written in wire form; in the other mode, it has been.
            KeepsWireForm = settings.KeepsWireForm || _plan.Options.DiskQueue.Mode == DiskQueueMode.Spill,
        };

    /// <summary>
    /// Null where nobody asked for them. Its messages go to the host only: as telemetry of Rotel's own, they could be refused, kept and told
    /// of again, for ever.
    /// </summary>
    private DeadLetterStore? CreateDeadLetters(DeadLetterOptions options, ILoggerFactory host)
    {
        if (options.Directory is not { } directory)
            return null;
        var store = new DeadLetterStore(directory, options.MaxBytes, _pool, _time, host.CreateLogger("Rotel.DeadLetters"));
        _metrics.Watch(store.Ledger);
        return store;
    }

    /// <summary>What one of so many queues may hold; those for what is handed over to another process count too.</summary>
    private long ShareOf(int queues)
    {
        if (_plan.AgentFile is not null)
        {
            foreach (var signal in OtlpSignals.All)
                queues += _plan.ExportersOf(signal).Count > 0 ? 1 : 0;
        }

        return _pool.Budget.Limit / (queues + 1);
    }

    private ExporterQueueSettings SettingsOf(ConfiguredExporter exporter, OtlpSignal signal, long share)
    {
        var options = exporter.Options;
        var senders = _plan.ExportersOf(signal);

        // Nobody waits for room where only Rotel's own telemetry goes.
        var blocks = senders.Contains(exporter) && (senders.Count == 1 || _plan.IsTracked(signal));
        var queueBytes = options.QueueMaxBytes ?? share;
        return new ExporterQueueSettings(
            exporter.Name,
            queueBytes,
            options.Overflow ?? (blocks ? OverflowPolicy.Block : OverflowPolicy.DropOldest),
            _plan.BatchOf(exporter, signal, queueBytes),
            RetrySchedule.From(_plan.RetryOf(exporter, signal)),
            options.RequestTimeoutFor(signal),
            options.MaxConcurrentRequests)
        {
            MetadataKeys = options.MetadataKeys,
            DeadLetters = _deadLetters,
            KeepsWireForm = _deadLetters is not null,
            Activities = _internal.Activities,

            // As the SDK does for its exporters. Not the activity of the attempt itself, which is begun before and ended after.
            SuppressInstrumentation = static () => SuppressInstrumentationScope.Begin(),
        };
    }

    private StarvationRelief? CreateRelief(List<ExporterQueue> holding)
    {
        if (!_plan.Options.RelieveStarvedPool)
            return null;
        var relief = new StarvationRelief(
            HostThreadPool.Instance,
            _time,
            _workers,
            _loggerFactory.CreateLogger("Rotel.Threading"),
            () => holding.Exists(static queue => queue.HeldItems > 0));
        _metrics.Watch(relief);
        return relief;
    }

    private Pipeline?[] CreatePipelines(List<ExporterQueue> queues)
    {
        var pipelines = new Pipeline?[OtlpSignals.Count];
        foreach (var signal in OtlpSignals.All)
        {
            var names = _plan.ExportersOf(signal).Select(exporter => exporter.Name).ToHashSet(StringComparer.Ordinal);
            var mine = queues.Where(queue => queue.Signal == signal && names.Contains(queue.Exporter)).ToList();
            if (mine.Count > 0)
                pipelines[(int)signal] = new Pipeline(signal, _processors.Create(signal), mine, _traces);
        }

        return pipelines;
    }

    private SharedAgent CreateSharing(
        string file, Pipeline?[] pipelines, LocalIntakes local, CollectorListeners listeners, List<ExporterQueue> queues)
    {
        var settings = SharedRoutes.QueueSettings(ShareOf(queues.Count));
        return new SharedAgent(
            file,
            AgentFingerprint.Of(_plan),
            new SharedRoutes(pipelines, local, _intakes!, (signal, exporter) => CreateQueue(signal, settings, exporter), _time),
            listeners,
            queues.FlushAsync,
            _loggerFactory,
            _time);
    }

    private CollectorListeners CreateListeners(Pipeline?[] pipelines)
    {
        var otlp = _plan.Options.Receivers.HasOtlp ? CreateOtlpReceiver(pipelines) : null;
        var others = _plan.Options.Receivers.Others.Select(receiver => CreateReceiver(receiver, pipelines));
        return new CollectorListeners(
            otlp is null ? [.. others] : [otlp, .. others],
            otlp,
            StatusServer.From(_plan.Options.StatusEndpoint, _loggerFactory, _time),
            _loggerFactory.CreateLogger("Rotel.Hosting"))
        {
            Disk = _disk,
        };
    }

    private OtlpReceiver CreateOtlpReceiver(Pipeline?[] pipelines)
    {
        var options = _plan.Options.Otlp;
        var settings = OtlpSettings(options);
        Pipeline?[] enabled = [.. pipelines.Select((pipeline, signal) => options.Receives((OtlpSignal)signal) ? pipeline : null)];
        return new OtlpReceiver(
            options,
            _intakes!.Create(OtlpReceiver.GrpcName, enabled, settings),
            _intakes!.Create(OtlpReceiver.HttpName, enabled, settings),
            _metrics,
            _loggerFactory,
            _time);
    }

    /// <summary>One that keeps its data until it is delivered: it waits for room as long as it takes.</summary>
    private IReceiver CreateReceiver(ConfiguredReceiver receiver, Pipeline?[] pipelines)
    {
        var (type, options, _) = receiver;
        var signals = type.SignalsOf(options);
        Pipeline?[] enabled = [.. pipelines.Select((pipeline, signal) => signals.Contains((OtlpSignal)signal) ? pipeline : null)];
        var settings = new IntakeSettings(
            OtlpLimits.Untrusted, Timeout.InfiniteTimeSpan, AcknowledgementMode.Accepted, Timeout.InfiniteTimeSpan);
        return type.Create(
            options,
            new ReceiverContext(
                type.Name, _intakes!.Create(type.Name, enabled, settings), _time, _loggerFactory.CreateLogger($"Rotel.Receivers.{type.Name}")));
    }

    private IntakeSettings HandOffSettings() => new(
        OtlpLimits.InProcess,
        HandOffAdmissionTimeout,
        _plan.Options.Otlp.Acknowledgement,
        _plan.Options.Otlp.AcknowledgementTimeout)
    {
        IsInProcess = true,
    };
}
