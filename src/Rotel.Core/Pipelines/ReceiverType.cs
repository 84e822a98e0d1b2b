using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Pipelines;

/// <summary>
/// One kind of receiver as settings name it (<c>ROTEL_RECEIVERS=otlp,kafka</c>): its options, the rows of the table of settings that fill
/// them, its checks, and how it is made. There is at most one receiver of a type.
/// </summary>
internal abstract class ReceiverType
{
    /// <summary>The word in settings, and the receiver's name in metrics and logs.</summary>
    public abstract string Name { get; }

    /// <summary>The rows <c>ROTEL_{NAME}_RECEIVER_…</c>; made when they are first asked for.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    public abstract object CreateOptions();

    /// <summary>The signals it is to receive.</summary>
    public abstract IReadOnlyCollection<OtlpSignal> SignalsOf(object options);

    /// <summary>
    /// True when exporters must try again for ever what comes from here, because the receiver tells its source only what was delivered.
    /// </summary>
    public abstract bool NeedsEndlessRetry(object options);

    /// <summary>The row with which endless retry is switched off.</summary>
    public abstract string EndlessRetrySwitch { get; }

    /// <summary>True when it tells its source that data is safe once that is in the disk queue, so that there must be one.</summary>
    public abstract bool EndsWhenDurable(object options);

    /// <summary>The row with which that is chosen; empty where it cannot be.</summary>
    public virtual string AcknowledgementRow => "";

    /// <summary>The names, in lower case, of the headers that it keeps as metadata.</summary>
    public abstract IReadOnlyList<string> MetadataOf(object options);

    /// <summary>Adds an error for everything that is wrong in options, whoever set them.</summary>
    public abstract void Validate(object options, SettingErrors errors);

    public abstract IReceiver Create(object options, ReceiverContext context);
}
