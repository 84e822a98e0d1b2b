using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Pipelines;

/// <summary>
/// One kind of built-in processor as settings name it (<c>ROTEL_PROCESSORS=cards:redaction</c>): its options, the rows of the table of
/// settings that fill them, its checks, and how it is made. There may be several of a type, each with a name.
/// </summary>
internal abstract class ProcessorType
{
    /// <summary>The word in settings.</summary>
    public abstract string Name { get; }

    /// <summary>The rows this type adds to those all processors share; made when they are first asked for.</summary>
    public abstract IReadOnlyList<Setting> Settings { get; }

    /// <summary>Whether it can work on a signal. Profiles are only passed through.</summary>
    public virtual bool Takes(OtlpSignal signal) => signal.IsMergeable();

    public abstract ProcessorOptions CreateOptions();

    /// <summary>Adds an error for everything that is wrong in options, whoever set them.</summary>
    public abstract void Validate(ProcessorOptions options, SettingErrors errors);

    /// <summary>Makes the step for one signal; null when the options leave nothing to do there.</summary>
    public abstract IPayloadProcessor? Create(ProcessorOptions options, OtlpSignal signal, ProcessorSetup setup);
}
