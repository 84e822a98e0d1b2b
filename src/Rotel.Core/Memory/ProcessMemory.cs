namespace Rotel.Memory;

/// <summary>Reads the real ones.</summary>
internal sealed class ProcessMemory : IProcessMemory
{
    private readonly ControlGroups _groups = ControlGroups.OfThisProcess();

    public int OldestCollections => GC.CollectionCount(2);

    public MemoryReading Read()
    {
        // The heap now, not as the last collection left it, which may be long ago; and without the gaps between objects, which the next
        // bodies fill: once all is delivered there is little else.
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        var (used, limit) = _groups.Read();
        return new MemoryReading(heap, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, used, limit);
    }

    public void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
}
