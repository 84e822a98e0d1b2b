using Rotel.Batching;
using Rotel.DeadLetters;
using Rotel.Delivery;
using Rotel.Durability;
using Rotel.Otlp;
using Rotel.Processors.Detection;
using Rotel.Processors.Files;
using Rotel.Processors.Typed;
using Rotel.Receivers.Otlp;

namespace Rotel;

/// <summary>
/// Everything that can be set about Rotel. It arrives filled with the defaults, then the <c>Rotel</c> section of the configuration, then
/// the <c>ROTEL_*</c> environment; what code sets wins. Everything is checked after the code has run, and all errors are reported at once.
/// </summary>
/// <remarks>The names of every setting in configuration and environment are in <c>docs/configuration.md</c>.</remarks>
public sealed class RotelOptions
{
    /// <summary>The most that is taken for telemetry in memory by default.</summary>
    internal const long DefaultMemoryLimit = 256L << 20;

    /// <summary>The most that <see cref="RememberedTraces"/> may be.</summary>
    internal const int MostRememberedTraces = 1_000_000;

    internal RotelOptions()
    {
        Exporters = new ExporterCollection();
        Otlp = new OtlpReceiverOptions();
        Receivers = new ReceiverCollection(Otlp);
        Processors = new ProcessorCollection();
        Traces = new TraceSignalOptions(Processors);
        Metrics = new MetricSignalOptions(Processors);
        Logs = new LogSignalOptions(Processors);
    }

    /// <summary>Options whose collections ask the sources of settings about what is added to them.</summary>
    internal RotelOptions(
        ExporterCollection exporters, OtlpReceiverOptions otlp, ReceiverCollection receivers, ProcessorCollection processors)
    {
        Exporters = exporters;
        Otlp = otlp;
        Receivers = receivers;
        Processors = processors;
        Traces = new TraceSignalOptions(processors);
        Metrics = new MetricSignalOptions(processors);
        Logs = new LogSignalOptions(processors);
    }

    /// <summary>Gets or sets whether Rotel runs at all. Off, everything is a quiet no-op and nothing else is checked.</summary>
    /// <value>The default is <see langword="true"/>. Environment: <c>ROTEL_ENABLED</c>. False from any source is final.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Gets where OTLP is received over gRPC and HTTP, and how requests are answered.</summary>
    /// <value>Environment: <c>ROTEL_OTLP_GRPC_ENDPOINT</c>, <c>ROTEL_OTLP_HTTP_ENDPOINT</c> and others.</value>
    public OtlpReceiverOptions Otlp { get; }

    /// <summary>Gets where telemetry is received: OTLP, and what packages add.</summary>
    /// <value>The default is <c>otlp</c>. Environment: <c>ROTEL_RECEIVERS=otlp,kafka</c>, or <c>ROTEL_RECEIVER</c> for one.</value>
    public ReceiverCollection Receivers { get; }

    /// <summary>Gets the destinations, each with a name.</summary>
    /// <value>Environment: <c>ROTEL_EXPORTER</c> for one, <c>ROTEL_EXPORTERS=name:type,…</c> for several.</value>
    public ExporterCollection Exporters { get; }

    /// <summary>Gets what telemetry passes on its way from receivers to exporters.</summary>
    /// <value>
    /// The default is none. Environment: <c>ROTEL_PROCESSORS=name:type,…</c>, and per signal <c>ROTEL_PROCESSORS_{SIGNAL}</c>.
    /// </value>
    public ProcessorCollection Processors { get; }

    /// <summary>Gets what happens when processors of the application's own fail or take too long; what one sets for itself wins.</summary>
    /// <value>
    /// Environment: <c>ROTEL_PROCESSORS_ON_FAILURE</c>, <c>ROTEL_PROCESSORS_TIME_LIMIT</c>, <c>ROTEL_PROCESSORS_MAX_RESULT_BYTES</c>.
    /// </value>
    public TypedProcessorOptions UserProcessors { get; } = new();

    /// <summary>
    /// Gets or sets whether processor files that configuration or environment name are loaded: whoever can set them can then run code in
    /// this process. Without it, naming one is an error.
    /// </summary>
    /// <value>The default is <see langword="false"/>; true in the <c>rotel</c> command. Only code can set it.</value>
    public bool AllowProcessorFiles { get; set; }

    /// <summary>Gets where traces go, how they are batched, and what of the application's own they pass.</summary>
    /// <value>Environment: <c>ROTEL_EXPORTERS_TRACES</c>, <c>ROTEL_TRACES_BATCH_…</c>, <c>ROTEL_PROCESSORS_TRACES</c>.</value>
    public TraceSignalOptions Traces { get; }

    /// <summary>Gets where metrics go, how they are batched, and what of the application's own they pass.</summary>
    /// <value>Environment: <c>ROTEL_EXPORTERS_METRICS</c>, <c>ROTEL_METRICS_BATCH_…</c>, <c>ROTEL_PROCESSORS_METRICS</c>.</value>
    public MetricSignalOptions Metrics { get; }

    /// <summary>Gets where logs go, how they are batched, and what of the application's own they pass.</summary>
    /// <value>Environment: <c>ROTEL_EXPORTERS_LOGS</c>, <c>ROTEL_LOGS_BATCH_…</c>, <c>ROTEL_PROCESSORS_LOGS</c>.</value>
    public LogSignalOptions Logs { get; }

    /// <summary>
    /// Gets where profiles go. They are received when <see cref="OtlpReceiverOptions.Profiles"/> is set, and are passed on as they come:
    /// not merged, not split, not processed.
    /// </summary>
    /// <value>Environment: <c>ROTEL_EXPORTERS_PROFILES</c>.</value>
    public SignalOptions Profiles { get; } = new();

    /// <summary>Gets the batching of everything; a signal's wins over it, and an exporter's own over both.</summary>
    /// <value>
    /// The defaults are 8192 items, 3.5 MiB and 200 ms. Environment: <c>ROTEL_BATCH_MAX_SIZE</c>, <c>ROTEL_BATCH_MAX_BYTES</c>,
    /// <c>ROTEL_BATCH_TIMEOUT</c>.
    /// </value>
    public BatchOptions Batch { get; } = new();

    /// <summary>Gets the retries of every exporter; an exporter's own win.</summary>
    /// <value>
    /// The defaults are 5 s, 30 s and 300 s. Environment: <c>ROTEL_EXPORTER_RETRY_INITIAL_BACKOFF</c>,
    /// <c>ROTEL_EXPORTER_RETRY_MAX_BACKOFF</c>, <c>ROTEL_EXPORTER_RETRY_MAX_ELAPSED_TIME</c>.
    /// </value>
    public RetryOptions Retry { get; } = new();

    /// <summary>Gets the attributes that are set on every resource that passes, replacing those of the same name, in this order.</summary>
    /// <value>The default is none. Environment: <c>ROTEL_OTEL_RESOURCE_ATTRIBUTES=name=value,…</c>.</value>
    public ResourceAttributeList ResourceAttributes { get; } = new();

    /// <summary>Gets what is found out at the start about where the process runs, and set on every resource that passes.</summary>
    /// <value>The default is nothing. Environment: <c>ROTEL_RESOURCE_DETECTORS=env,host,container</c>.</value>
    public ResourceDetectionOptions ResourceDetection { get; } = new();

    /// <summary>
    /// Gets or sets the deployment environment of telemetry whose resource names none (<c>deployment.environment.name</c>), for
    /// destinations that want one. Nothing is added to resources.
    /// </summary>
    /// <value>Unset: Datadog says <c>none</c>. Environment: <c>ROTEL_ENVIRONMENT</c>.</value>
    public string? Environment { get; set; }

    /// <summary>Gets which telemetry is also written to the log.</summary>
    /// <value>The default is none. Environment: <c>ROTEL_DEBUG_LOG</c>, <c>ROTEL_DEBUG_LOG_VERBOSITY</c>.</value>
    public DebugLogOptions DebugLog { get; } = new();

    /// <summary>Gets or sets the bytes that telemetry may take in memory: bodies, queues, and what is being sent.</summary>
    /// <value>
    /// Unset, the smaller of 256 MiB and a quarter of the memory the runtime may use. At least 1 MiB. Environment:
    /// <c>ROTEL_MEMORY_LIMIT</c>.
    /// </value>
    public long? MemoryLimit { get; set; }

    /// <summary>
    /// Gets or sets whether new telemetry is refused, to be sent again, while the process's memory is nearly used up: less than a tenth (at
    /// least 32 MiB, at most 512 MiB) is left of the heap's limit or of the container's. A sixteenth of <see cref="MemoryLimit"/> is let
    /// through all the same.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. False looks at <see cref="MemoryLimit"/> alone. Environment: <c>ROTEL_MEMORY_GUARD</c>.
    /// </value>
    public bool MemoryGuard { get; set; } = true;

    /// <summary>Gets or sets how long a shutdown may take to deliver what was accepted; the host's own limit may be shorter.</summary>
    /// <value>The default is 10 s. Environment: <c>ROTEL_DRAIN_TIMEOUT</c>.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets whether telemetry that has not been delivered is kept on disk.</summary>
    /// <value>
    /// The default is not. Environment: <c>ROTEL_DISK_QUEUE=spill</c> or <c>always</c>, <c>ROTEL_DISK_QUEUE_DIRECTORY</c> and others.
    /// </value>
    public DiskQueueOptions DiskQueue { get; } = new();

    /// <summary>Gets whether what a destination refuses for good is kept, to be sent again by hand.</summary>
    /// <value>
    /// The default is not. Environment: <c>ROTEL_DEAD_LETTER_DIRECTORY</c>, <c>ROTEL_DEAD_LETTER_MAX_BYTES</c>.
    /// </value>
    public DeadLetterOptions DeadLetters { get; } = new();

    /// <summary>
    /// Gets or sets whether Rotel may raise the minimum of the process's thread pool while the application blocks all its threads, for
    /// receiving and delivering over sockets need one.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>: up to 64 threads above those there are, never above the application's own maximum, put back
    /// when the pool runs again. False leaves the pool alone; hand-offs are accepted into memory all the same. Environment:
    /// <c>ROTEL_RELIEVE_STARVED_POOL</c>.
    /// </value>
    public bool RelieveStarvedPool { get; set; } = true;

    /// <summary>
    /// Gets or sets whether the processes of this user that set it share one Rotel: the first listens and delivers, the others hand over to
    /// it, and when it ends, cleanly or not, another takes over within a second.
    /// </summary>
    /// <value>
    /// Unset, whether <see cref="PidFile"/> is set; <see langword="false"/> makes that mean nothing. Environment:
    /// <c>ROTEL_SHARED_AGENT</c>.
    /// </value>
    public bool? SharedAgent { get; set; }

    /// <summary>Gets or sets the file that decides which of them listens; the processes that name the same one share.</summary>
    /// <value>
    /// Unset, <c>rotel/agent.pid</c> in <c>XDG_RUNTIME_DIR</c>, or else <c>/tmp/rotel-&lt;uid&gt;/agent.pid</c>; <c>Rotel\agent.pid</c> in
    /// <c>LOCALAPPDATA</c> on Windows. It is made where it is missing, must belong to the user that Rotel runs as, be open to nobody else,
    /// be no link, and be on a local disk. A relative path begins at the current directory. Environment: <c>ROTEL_PID_FILE</c>.
    /// </value>
    public string? PidFile { get; set; }

    /// <summary>Gets where Rotel's own messages go, and how they look there.</summary>
    /// <value>Environment: <c>ROTEL_LOG_FILE</c>, <c>ROTEL_LOG_FORMAT</c>, <c>ROTEL_LOG_LEVEL</c>.</value>
    public RotelLogOptions Log { get; } = new();

    /// <summary>
    /// Gets or sets where Rotel tells how it is doing, as JSON: <c>/rotel/status</c> everything, <c>/rotel/health</c> whether all is well
    /// (200, also when degraded; 503 before it has started and once it stops).
    /// </summary>
    /// <value>
    /// The default is nowhere. An address of the loopback interface and a port, 0 for any free one, or <c>unix:</c> and a path, which
    /// only the user that Rotel runs as may open; others are refused. Environment:
    /// <c>ROTEL_STATUS_ENDPOINT</c>.
    /// </value>
    public string? StatusEndpoint { get; set; }

    /// <summary>Gets what Rotel exports about itself.</summary>
    /// <value>The default is nothing. Environment: <c>ROTEL_ENABLE_INTERNAL_TELEMETRY</c> and others.</value>
    public InternalTelemetryOptions InternalTelemetry { get; } = new();

    /// <summary>
    /// Gets or sets whether each attempt to export is an activity of the source <c>Rotel</c>, for who listens to that source; but not one
    /// with a batch of nothing but Rotel's own telemetry, such as these activities as spans.
    /// </summary>
    /// <value>The default is <see langword="false"/>. Environment: <c>ROTEL_EXPORT_ACTIVITIES</c>.</value>
    public bool ExportActivities { get; set; }

    /// <summary>
    /// Gets or sets how many traces, those seen last, are remembered for <see cref="IRotel.WaitForDeliveryAsync"/>. Every span is looked at
    /// for it: meant for tests.
    /// </summary>
    /// <value>The default is 0, none; at most 1,000,000. Each takes about 150 bytes. Environment: <c>ROTEL_REMEMBERED_TRACES</c>.</value>
    public int RememberedTraces { get; set; }

    /// <summary>Compiles processors that are source files; null unless a package brings it.</summary>
    internal IProcessorCompiler? ProcessorCompiler { get; set; }

    /// <summary><see cref="SharedAgent"/>, decided.</summary>
    internal bool SharesAgent => SharedAgent ?? PidFile is not null;

    /// <summary><see cref="MemoryLimit"/>, decided.</summary>
    internal long EffectiveMemoryLimit =>
        MemoryLimit ?? Math.Min(DefaultMemoryLimit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    internal SignalOptions For(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => Traces,
        OtlpSignal.Metrics => Metrics,
        OtlpSignal.Logs => Logs,
        _ => Profiles,
    };
}
