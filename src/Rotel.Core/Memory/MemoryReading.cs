namespace Rotel.Memory;

/// <summary>What the process has of each memory that ends it when there is no more; a limit of 0 stands for none.</summary>
/// <param name="HeapBytes">What is on the managed heap, garbage included.</param>
/// <param name="HeapLimit">
/// What may be: a hard limit that was set, three quarters of the container's memory, or the machine's. Past it, allocations throw.
/// </param>
/// <param name="ContainerBytes">What the container holds and cannot give back, of all its processes.</param>
/// <param name="ContainerLimit">What it may hold. Past it, the kernel kills.</param>
internal readonly record struct MemoryReading(long HeapBytes, long HeapLimit, long ContainerBytes = 0, long ContainerLimit = 0)
{
    /// <summary>What the collector needs for itself and its regions: a heap of 96 MiB with 86 in use had no room for small ones.</summary>
    private const long LeastDistance = 32L << 20;

    /// <summary>Of large limits less is kept free than of small ones: what happens within one look does not grow with them.</summary>
    private const long MostDistance = 512L << 20;

    /// <summary>Bytes to the nearest limit less the distance that is kept to it; not above zero when it is time to refuse.</summary>
    public long RoomToRefuse => Math.Min(Room(HeapBytes, HeapLimit, 2), Room(ContainerBytes, ContainerLimit, 2));

    /// <summary>The same to where refusing ends, which is further away; above zero when it may.</summary>
    public long RoomToAdmit => Math.Min(Room(HeapBytes, HeapLimit, 3), Room(ContainerBytes, ContainerLimit, 3));

    /// <summary>What is kept free, of the smaller of the two.</summary>
    public long LeastKeptFree => Math.Min(
        HeapLimit == 0 ? long.MaxValue : Distance(HeapLimit), ContainerLimit == 0 ? long.MaxValue : Distance(ContainerLimit));

    /// <summary>Says which of the two is nearest to its limit.</summary>
    public override string ToString() => Room(HeapBytes, HeapLimit, 2) <= Room(ContainerBytes, ContainerLimit, 2)
        ? $"the managed heap has {HeapBytes >> 20} of {HeapLimit >> 20} MiB"
        : $"the container has {ContainerBytes >> 20} of {ContainerLimit >> 20} MiB";

    /// <summary>Two halves of the distance to refuse, three to admit.</summary>
    private static long Room(long used, long limit, int halves) =>
        limit == 0 ? long.MaxValue : limit - (Distance(limit) / 2 * halves) - used;

    private static long Distance(long limit) => Math.Min(limit / 4, Math.Clamp(limit / 10, LeastDistance, MostDistance));
}
