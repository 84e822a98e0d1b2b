namespace Rotel.Memory;

/// <summary>The memory of this process, as <see cref="MemoryGuard"/> sees it.</summary>
internal interface IProcessMemory
{
    /// <summary>Collections of the oldest generation so far.</summary>
    int OldestCollections { get; }

    /// <summary>A few microseconds; takes no memory to speak of.</summary>
    MemoryReading Read();

    /// <summary>Asks for one of the oldest generation, in the background.</summary>
    void Collect();
}
