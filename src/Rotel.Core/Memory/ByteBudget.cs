using System.Diagnostics;

namespace Rotel.Memory;

/// <summary>
/// The one account of the memory that telemetry may occupy: bodies from their first byte, payloads, and encode and compress buffers, each
/// charged by the capacity of its buffer.
/// </summary>
internal sealed class ByteBudget
{
    private long _reserved;

    public ByteBudget(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        Limit = limit;
    }

    /// <summary>Bytes that may be reserved at once.</summary>
    public long Limit { get; }

    /// <summary>Bytes reserved now; above <see cref="Limit"/> only by what <see cref="ReserveOverdraft"/> allows.</summary>
    public long Reserved => Volatile.Read(ref _reserved);

    /// <summary>Pulsed whenever bytes are given back here.</summary>
    public RoomSignal Room { get; } = new();

    /// <summary>
    /// Pulsed whenever bytes are given back to an exporter's queue, or one closes. Apart from <see cref="Room"/>, for a batch gives back
    /// its many payloads one by one: nobody who waits for a queue is woken by each.
    /// </summary>
    public RoomSignal QueueRoom { get; } = new();

    /// <summary>Reserves, or returns false and changes nothing when the limit would be passed.</summary>
    public bool TryReserve(long bytes)
    {
        while (true)
        {
            var before = Volatile.Read(ref _reserved);
            if (before + bytes > Limit)
                return false;
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
}
