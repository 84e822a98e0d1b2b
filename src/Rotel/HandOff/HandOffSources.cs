namespace Rotel.HandOff;

/// <summary>
/// The providers of the process's own SDK that hand over to one collector, from when they are built until they shut down.
/// </summary>
internal sealed class HandOffSources
{
    private readonly Lock _lock = new();
    private readonly List<HandOffSource> _sources = [];
    private volatile bool _isLastRound;

    /// <summary>Whether nothing will be recorded any more, so that what is exported from now on is the last.</summary>
    public bool IsLastRound => _isLastRound;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _sources.Count;
        }
    }

    /// <summary>Says that nothing will be recorded any more.</summary>
    public void BeginLastRound() => _isLastRound = true;

    public void Add(HandOffSource source)
    {
        lock (_lock)
            _sources.Add(source);
    }

    public void Remove(HandOffSource source)
    {
        lock (_lock)
            _sources.Remove(source);
    }

    /// <summary>Completes when all of them, side by side, have handed over what was ended before the call. Has no limit itself.</summary>
    public Task FlushAsync()
    {
        HandOffSource[] sources;
        lock (_lock)
            sources = [.. _sources];
        return sources.Length == 0 ? Task.CompletedTask : Task.WhenAll(sources.Select(static source => source.FlushAsync()));
    }
}
