using Microsoft.Extensions.Logging;
using Rotel.DeadLetters;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Durability;
using Rotel.Memory;
using Rotel.Pipelines;
using Rotel.Processors.Detection;
using Rotel.Processors.Typed;
using Rotel.Sharing;
using Rotel.Telemetry;
using Rotel.Threading;

namespace Rotel.Hosting;

/// <summary>Everything <see cref="CollectorComposition"/> made; owned by <see cref="Collector"/>.</summary>
internal sealed record CollectorParts(
    TimerThread Time,
    BackgroundWorkers Workers,
    BufferPool Pool,
    RotelMetrics Metrics,
    StarvationRelief? Relief,
    IReadOnlyList<IExporter> Exporters,
    IReadOnlyList<ExporterQueue> Queues,
    Intake HandOff,
    CollectorListeners Listeners)
{
    /// <summary>What outlives the process; null where nothing does.</summary>
    public DiskQueue? Disk { get; init; }

    /// <summary>The application's own processors.</summary>
    public IReadOnlyList<TypedProcessor> Typed { get; init; } = [];

    /// <summary>What those run on; null where there are none.</summary>
    public TypedThreads? TypedThreads { get; init; }

    /// <summary>Ends when it is known where the process runs; null where nobody wants to know.</summary>
    public Task<DetectedResource>? Detection { get; init; }

    /// <summary>Ends it early.</summary>
    public required CancellationTokenSource DetectionEnd { get; init; }

    /// <summary>The ways in of what is the process's own.</summary>
    public required LocalIntakes Local { get; init; }

    /// <summary>This process's part in a collector that several share; null where it has its own.</summary>
    public SharedAgent? Sharing { get; init; }

    /// <summary>Knows how the delivery of each trace ended; null where nobody may ask.</summary>
    public TraceWatch? Traces { get; init; }

    /// <summary>Keeps what destinations refuse for good; null where nobody asked for that.</summary>
    public DeadLetterStore? DeadLetters { get; init; }

    /// <summary>Processors and queues of each signal, by its number.</summary>
    public required Pipeline?[] Pipelines { get; init; }

    /// <summary>The host's, through which messages also come into Rotel's own telemetry where that is on.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>What Rotel tells about itself; null where that is off.</summary>
    public InternalTelemetry? Telemetry { get; init; }

    /// <summary>Where attempts to export show as activities; null where they do not.</summary>
    public ExportActivities? Activities { get; init; }

    /// <summary>The names of the processors of each signal in order, by its number.</summary>
    public required IReadOnlyList<string>[] ProcessorNames { get; init; }
}
