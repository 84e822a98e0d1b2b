using Rotel.Otlp;

namespace Rotel.Operation;

/// <summary>The way of one signal from receivers to exporters.</summary>
public sealed class PipelineStatus
{
    internal PipelineStatus()
    {
    }

    /// <summary>Gets the signal.</summary>
    public OtlpSignal Signal { get; internal init; }

    /// <summary>Gets what it passes, in order.</summary>
    public IReadOnlyList<ProcessorStatus> Processors { get; internal init; } = [];

    /// <summary>Gets the names of the exporters it goes to.</summary>
    public IReadOnlyList<string> Exporters { get; internal init; } = [];
}
