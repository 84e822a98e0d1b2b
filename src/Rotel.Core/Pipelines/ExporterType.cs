using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Destinations;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Pipelines;

/// <summary>
/// One kind of exporter as settings name it (<c>otlp</c>, <c>file</c>): its options, the rows of the table of settings that fill them,
/// its checks, and how it is made. A new exporter is one folder with one of these, and one line where Rotel lists them.
/// </summary>
internal abstract class ExporterType
{
    /// <summary>The word in settings: <c>ROTEL_EXPORTER=…</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The rows this type adds to those all exporters share; made when they are first asked for.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    public abstract Type OptionsType { get; }

    /// <summary>
    /// Batching that suits destinations of this type better than what suits most, where nobody sets any; unset values are as for all.
    /// </summary>
    /// <param name="queueBytes">What a queue of the exporter may hold.</param>
    public virtual BatchOptions DefaultBatch(long queueBytes) => new();

    public abstract ExporterOptions CreateOptions();

    /// <summary>
    /// Whether exporters of this type can send a signal. Profiles are only passed through, which not every destination can do.
    /// </summary>
    public virtual bool Takes(OtlpSignal signal) => signal.IsMergeable();

    /// <summary>Adds an error for everything that is wrong in options, whoever set them.</summary>
    public abstract void Validate(ExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors);

    public abstract IExporter Create(ExporterOptions options, ExporterContext context);

    /// <summary>Where an exporter with these valid options connects to; none where it uses no network.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="signals">What goes to the exporter.</param>
    /// <param name="context">What it would work with.</param>
    public abstract IReadOnlyList<ExporterDestination> DestinationsOf(
        ExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context);

    /// <summary>
    /// Looks at what only this type knows of its destination (tables, topics), without sending telemetry and without changing anything.
    /// Throws only for cancellation.
    /// </summary>
    /// <param name="options">Valid options.</param>
    /// <param name="signals">What goes to the exporter.</param>
    /// <param name="context">What it would work with.</param>
    /// <param name="cancellationToken">The end of patience.</param>
    public abstract Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        ExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context, CancellationToken cancellationToken);
}
