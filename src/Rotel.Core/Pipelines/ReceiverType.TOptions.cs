using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Pipelines;

/// <inheritdoc cref="ReceiverType"/>
/// <typeparam name="TOptions">The options of the type.</typeparam>
internal abstract class ReceiverType<TOptions> : ReceiverType
    where TOptions : class, new()
{
    public sealed override object CreateOptions() => new TOptions();

    public sealed override IReadOnlyCollection<OtlpSignal> SignalsOf(object options) => SignalsOf((TOptions)options);

    public sealed override bool NeedsEndlessRetry(object options) => NeedsEndlessRetry((TOptions)options);

    public sealed override bool EndsWhenDurable(object options) => EndsWhenDurable((TOptions)options);

    public sealed override IReadOnlyList<string> MetadataOf(object options) => MetadataOf((TOptions)options);

    public sealed override void Validate(object options, SettingErrors errors) => Validate((TOptions)options, errors);

    public sealed override IReceiver Create(object options, ReceiverContext context) => Create((TOptions)options, context);

    protected abstract IReadOnlyCollection<OtlpSignal> SignalsOf(TOptions options);

    protected abstract bool NeedsEndlessRetry(TOptions options);

    protected virtual bool EndsWhenDurable(TOptions options) => false;

    protected abstract IReadOnlyList<string> MetadataOf(TOptions options);

    protected abstract void Validate(TOptions options, SettingErrors errors);

    protected abstract IReceiver Create(TOptions options, ReceiverContext context);
}
