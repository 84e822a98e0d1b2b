using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Pipelines;

/// <inheritdoc cref="ProcessorType"/>
/// <typeparam name="TOptions">The options of the type.</typeparam>
internal abstract class ProcessorType<TOptions> : ProcessorType
    where TOptions : ProcessorOptions, new()
{
    public sealed override ProcessorOptions CreateOptions() => new TOptions();

    public sealed override void Validate(ProcessorOptions options, SettingErrors errors) => Validate((TOptions)options, errors);

    public sealed override IPayloadProcessor? Create(ProcessorOptions options, OtlpSignal signal, ProcessorSetup setup) =>
        Create((TOptions)options, signal, setup);

    protected abstract void Validate(TOptions options, SettingErrors errors);

    protected abstract IPayloadProcessor? Create(TOptions options, OtlpSignal signal, ProcessorSetup setup);
}
