namespace Rotel.Operation;

/// <summary>One destination.</summary>
public sealed class ExporterStatus
{
    internal ExporterStatus()
    {
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Gets the type, such as <c>otlp</c>.</summary>
    public string Type { get; internal init; } = "";

    /// <summary>Gets what keeps it from its destination, where it knows; null otherwise.</summary>
    public string? Problem { get; internal init; }

    /// <summary>Gets what it does with each signal that goes to it.</summary>
    public IReadOnlyList<ExporterSignalStatus> Signals { get; internal init; } = [];
}
