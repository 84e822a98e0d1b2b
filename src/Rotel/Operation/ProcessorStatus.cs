namespace Rotel.Operation;

/// <summary>One step of a pipeline.</summary>
public sealed class ProcessorStatus
{
    internal ProcessorStatus()
    {
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>
    /// Gets the items of this signal that it left out of accepted requests, by reason; reasons that did not occur are left out.
    /// </summary>
    public IReadOnlyDictionary<string, long> Dropped { get; internal init; } = new Dictionary<string, long>();

    /// <summary>Gets the requests of this signal on which it failed, whatever became of them.</summary>
    public long Failed { get; internal init; }
}
