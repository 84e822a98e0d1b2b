namespace Rotel;

/// <summary>What is set for logs.</summary>
public sealed class LogSignalOptions : SignalOptions
{
    private readonly ProcessorCollection _processors;

    internal LogSignalOptions(ProcessorCollection processors) => _processors = processors;
}
