namespace Rotel.Receivers.Server;

/// <summary>Bounds the requests that are under way at the same time, whatever connection they came by.</summary>
internal sealed class RequestLimit(int max)
{
    private int _active;

    /// <summary>False when there are too many; true is followed by one <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _active) <= max)
            return true;
        Interlocked.Decrement(ref _active);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _active);
}
