using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Otlp;
using Rotel.Processors.Files;

namespace Rotel.Configuration;

/// <summary>A configuration that has been read and found right: what to compose and run.</summary>
internal sealed record RotelPlan
{
    private readonly IReadOnlyList<ConfiguredExporter>[] _routes;
    private readonly IReadOnlyList<ProcessorStep>[] _chains;

    /// <param name="options">The options with everything applied.</param>
    /// <param name="routes">The exporters of each signal, by its number.</param>
    /// <param name="chains">The processors of each signal, by its number.</param>
    public RotelPlan(RotelOptions options, IReadOnlyList<ConfiguredExporter>[] routes, IReadOnlyList<ProcessorStep>[] chains)
    {
        Options = options;
        _routes = routes;
        _chains = chains;
    }

    /// <summary>False: do nothing, quietly; nothing else here was checked.</summary>
    public bool IsEnabled => Options.Enabled;

    public RotelOptions Options { get; }

    /// <summary>The exporters that at least one signal goes to, Rotel's own telemetry included.</summary>
    public IEnumerable<ConfiguredExporter> Exporters => Options.Exporters.All.Where(exporter => SignalsOf(exporter).Count > 0);

    /// <summary>The exporters of Rotel's telemetry about itself, by the number of its signal; none where it is off.</summary>
    public IReadOnlyList<ConfiguredExporter>[] InternalRoutes { get; init; } = [[], [], [], []];

    /// <summary>The processor files that were loaded, disposed by whoever runs the plan; null where there are none.</summary>
    public ProcessorFiles? Files { get; init; }

    /// <summary>The file by which processes share one agent, absolute; null where this one does not share.</summary>
    public string? AgentFile { get; init; }

    /// <summary>The variables of the process, for what looks at its surroundings.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the log should say once: sentences without secrets, each naming its setting.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the log should say once, though nothing is wrong with it; without secrets.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The exporters a signal goes to; none when the signal is off.</summary>
    public IReadOnlyList<ConfiguredExporter> ExportersOf(OtlpSignal signal) => _routes[(int)signal];

    /// <summary>What a signal passes on its way to them, in order.</summary>
    public IReadOnlyList<ProcessorStep> ProcessorsOf(OtlpSignal signal) => _chains[(int)signal];

    /// <summary>The exporters that Rotel's own telemetry of a signal goes to.</summary>
    public IReadOnlyList<ConfiguredExporter> InternalExportersOf(OtlpSignal signal) => InternalRoutes[(int)signal];

    /// <summary>The signals that go to an exporter, be it only of Rotel's own telemetry.</summary>
    public IReadOnlyList<OtlpSignal> SignalsOf(ConfiguredExporter exporter)
    {
        var signals = new List<OtlpSignal>(OtlpSignals.Count);
        foreach (var signal in OtlpSignals.All)
        {
            if (_routes[(int)signal].Contains(exporter) || InternalRoutes[(int)signal].Contains(exporter))
                signals.Add(signal);
        }

        return signals;
    }

    /// <summary>
    /// Batching for an exporter and a signal: its own, then the signal's, then the global one, then its type's default, then the default.
    /// </summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="queueBytes">What the queue between them may hold.</param>
    public BatchLimits BatchOf(ConfiguredExporter exporter, OtlpSignal signal, long queueBytes) =>
        BatchLimits.From(
            exporter.Options.Batch.Or(Options.For(signal).Batch).Or(Options.Batch).Or(exporter.Type.DefaultBatch(queueBytes)));

    /// <summary>
    /// The retries of an exporter for a signal: its own, then the global ones; defaults are left unset. As long as the disk queue keeps
    /// telemetry, where it does so for the exporter and nobody said how long; without end where a receiver of the signal needs that.
    /// </summary>
    public RetryOptions RetryOf(ConfiguredExporter exporter, OtlpSignal signal)
    {
        var retry = exporter.Options.Retry.Or(Options.Retry);
        if (IsOnDisk(exporter))
            retry.MaxElapsedTime ??= Options.DiskQueue.MaxAge;
        if (IsTracked(signal))
            retry.MaxElapsedTime = TimeSpan.Zero;
        return retry;
    }

    /// <summary>
    /// Whether a receiver of the signal keeps its data until it is delivered, so that nothing of it may be given up or pushed out.
    /// </summary>
    public bool IsTracked(OtlpSignal signal) =>
        Options.Receivers.Others.Any(receiver => receiver.NeedsEndlessRetry && receiver.Type.SignalsOf(receiver.Options).Contains(signal));

    /// <summary>Whether there is a disk queue.</summary>
    public bool HasDiskQueue => Options.DiskQueue.IsOn;

    /// <summary>Whether the disk queue keeps telemetry for an exporter.</summary>
    public bool IsOnDisk(ConfiguredExporter exporter) => HasDiskQueue && exporter.Options.DiskQueue;

    /// <summary>The exporters for which the disk queue keeps a signal, those of Rotel's own telemetry included.</summary>
    public IReadOnlyList<ConfiguredExporter> DiskExportersOf(OtlpSignal signal) =>
        [.. ExportersOf(signal).Union(InternalExportersOf(signal)).Where(IsOnDisk)];

    internal static RotelPlan Disabled()
    {
        IReadOnlyList<ConfiguredExporter>[] routes = [[], [], [], []];
        return new(new RotelOptions { Enabled = false }, routes, [[], [], [], []]);
    }
}
