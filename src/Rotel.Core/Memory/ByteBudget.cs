using System.Diagnostics;

namespace Rotel.Memory;

/// <summary>
/// The one account of the memory that telemetry may occupy: bodies from their first byte, payloads, and encode and compress buffers, each
/// charged by the capacity of its buffer.
/// </summary>
internal sealed class ByteBudget
{
    private long _reserved;
    private long _allowed;

    public ByteBudget(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        Limit = _allowed = limit;
    }

    /// <summary>Bytes that may be reserved at once.</summary>
    public long Limit { get; }

    /// <summary>Bytes that may be reserved now: fewer than <see cref="Limit"/> where the process has no memory for more.</summary>
    public long Allowed
    {
        get => Volatile.Read(ref _allowed);
        set => Volatile.Write(ref _allowed, value);
    }

    /// <summary>Watches the memory of the process; null where nobody does.</summary>
    public MemoryGuard? Guard { get; set; }

    /// <summary>Bytes reserved now; above <see cref="Limit"/> only by what <see cref="ReserveOverdraft"/> allows.</summary>
    public long Reserved => Volatile.Read(ref _reserved);

    /// <summary>Pulsed whenever bytes are given back here.</summary>
    public RoomSignal Room { get; } = new();

    /// <summary>
    /// Pulsed whenever bytes are given back to an exporter's queue, or one closes. Apart from <see cref="Room"/>, for a batch gives back
    /// its many payloads one by one: nobody who waits for a queue is woken by each.
    /// </summary>
    public RoomSignal QueueRoom { get; } = new();

    /// <summary>Whether so many bytes could be reserved now; who is told no is told by <see cref="Room"/> when to look again.</summary>
    public bool HasRoomFor(long bytes)
    {
        var reserved = Reserved;
        if (reserved + bytes <= Allowed)
            return true;
        OnRefused(reserved, bytes);
        return false;
    }

    /// <summary>Reserves, or returns false and changes nothing when more than is <see cref="Allowed"/> would be reserved.</summary>
    public bool TryReserve(long bytes)
    {
        Guard?.Note(bytes);
        while (true)
        {
            var before = Volatile.Read(ref _reserved);
            if (before + bytes > Allowed)
            {
                OnRefused(before, bytes);
                return false;
            }

            if (Interlocked.CompareExchange(ref _reserved, before + bytes, before) == before)
                return true;
        }
    }

    /// <summary>
    /// Reserves whatever the limit says. Only for work that is done without waiting and makes room by being done (copying out, repairing,
    /// rewriting, encoding, splitting), so that at most one payload or batch for each running thread is over the limit.
    /// </summary>
    public void ReserveOverdraft(long bytes) => Interlocked.Add(ref _reserved, bytes);

    public void Release(long bytes)
    {
        var after = Interlocked.Add(ref _reserved, -bytes);
        Debug.Assert(after >= 0, "more bytes released than reserved");
        Room.Pulse();
    }

    private void OnRefused(long reserved, long bytes)
    {
        if (reserved + bytes <= Limit)
            Guard?.OnRefused(bytes);
    }
}
