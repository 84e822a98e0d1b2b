using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <summary>What can be set about every built-in processor.</summary>
public abstract class ProcessorOptions
{
    internal ProcessorOptions()
    {
    }

    /// <summary>Gets the signals it works on.</summary>
    /// <value>Empty, the default: all it can work on. Environment: <c>ROTEL_PROCESSOR_{NAME}_SIGNALS=traces,logs</c>.</value>
    public ISet<OtlpSignal> Signals { get; } = new SortedSet<OtlpSignal>();
}
