using Rotel.Delivery;
using Rotel.Destinations;
using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Pipelines;

/// <inheritdoc cref="ExporterType"/>
/// <typeparam name="TOptions">The options of the type.</typeparam>
internal abstract class ExporterType<TOptions> : ExporterType
    where TOptions : ExporterOptions, new()
{
    public sealed override Type OptionsType => typeof(TOptions);

    public sealed override ExporterOptions CreateOptions() => new TOptions();

    public sealed override void Validate(ExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors) =>
        Validate((TOptions)options, signals, errors);

    public sealed override IExporter Create(ExporterOptions options, ExporterContext context) => Create((TOptions)options, context);

    public sealed override IReadOnlyList<ExporterDestination> DestinationsOf(
        ExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context) =>
        DestinationsOf((TOptions)options, signals, context);

    public sealed override Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        ExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context, CancellationToken cancellationToken) =>
        ExamineAsync((TOptions)options, signals, context, cancellationToken);

    protected abstract void Validate(TOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors);

    protected abstract IExporter Create(TOptions options, ExporterContext context);

    protected virtual IReadOnlyList<ExporterDestination> DestinationsOf(
        TOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context) => [];

    protected virtual Task<IReadOnlyList<DestinationFinding>> ExamineAsync(
        TOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DestinationFinding>>([]);
}
