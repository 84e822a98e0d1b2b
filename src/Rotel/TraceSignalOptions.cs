namespace Rotel;

/// <summary>What is set for traces.</summary>
public sealed class TraceSignalOptions : SignalOptions
{
    private readonly ProcessorCollection _processors;

    internal TraceSignalOptions(ProcessorCollection processors) => _processors = processors;
}
