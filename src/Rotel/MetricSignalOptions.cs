namespace Rotel;

/// <summary>What is set for metrics.</summary>
public sealed class MetricSignalOptions : SignalOptions
{
    private readonly ProcessorCollection _processors;

    internal MetricSignalOptions(ProcessorCollection processors) => _processors = processors;
}
