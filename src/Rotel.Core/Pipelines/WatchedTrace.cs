namespace Rotel.Pipelines;

/// <summary>What a <see cref="TraceWatch"/> knows of one trace; guarded by its lock.</summary>
internal sealed class WatchedTrace(UInt128 id)
{
    public UInt128 Id { get; } = id;

    /// <summary>Spans that were accepted.</summary>
    public int Accepted { get; set; }

    /// <summary>Spans of those that are finished at every destination.</summary>
    public int Finished { get; set; }

    /// <summary>The worst that happened to a finished one.</summary>
    public DeliveryStatus Worst { get; set; }

    /// <summary>
    /// Who waits; null when nobody does. A trace that somebody waits for is not forgotten, and not in the list of those that may be.
    /// </summary>
    public List<TraceWaiter>? Waiters { get; set; }

    /// <summary>The neighbour that was seen before this one, in the list of those that may be forgotten.</summary>
    public WatchedTrace? Older { get; set; }

    public WatchedTrace? Newer { get; set; }

    /// <summary>Whether so many spans were accepted, and all that were are finished.</summary>
    public bool Has(int spans) => Accepted >= spans && Finished == Accepted;
}
