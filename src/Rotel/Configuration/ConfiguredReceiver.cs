using Rotel.Pipelines;

namespace Rotel.Configuration;

/// <summary>A receiver other than OTLP that settings or code have named.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Options">Its options, as far as they are known.</param>
/// <param name="Scope">The names that its settings have.</param>
internal sealed record ConfiguredReceiver(ReceiverType Type, object Options, SettingScope Scope)
{
    /// <summary>Whether exporters of the signals it receives must never give up.</summary>
    public bool NeedsEndlessRetry => Type.NeedsEndlessRetry(Options);

    /// <summary>Whether it tells its source that data is safe once that is in the disk queue.</summary>
    public bool EndsWhenDurable => Type.EndsWhenDurable(Options);
}
