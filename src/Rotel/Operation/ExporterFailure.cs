namespace Rotel.Operation;

/// <summary>What went wrong with one exporter and signal.</summary>
public sealed class ExporterFailure
{
    internal ExporterFailure()
    {
    }

    /// <summary>Gets when, in UTC.</summary>
    public DateTimeOffset At { get; internal init; }

    /// <summary>Gets what the destination or the transport said: on one line, bounded, without secrets.</summary>
    public string Message { get; internal init; } = "";
}
