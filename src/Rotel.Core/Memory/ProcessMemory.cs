namespace Rotel.Memory;

/// <summary>Reads the real ones.</summary>
internal sealed class ProcessMemory : IProcessMemory
{
    private readonly ControlGroups _groups = ControlGroups.OfThisProcess();

    public int OldestCollections => GC.CollectionCount(2);

    public MemoryReading Read()
    {
        // The heap now, without waiting for a collection: what follows from one that is due would come too late. What the last one left
        // counts too, for that has the gaps between objects in it.
        var last = GC.GetGCMemoryInfo();
        var heap = Math.Max(GC.GetTotalMemory(forceFullCollection: false), last.HeapSizeBytes);
        var (used, limit) = _groups.Read();
        return new MemoryReading(heap, last.TotalAvailableMemoryBytes, used, limit);
    }

    public void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
}
