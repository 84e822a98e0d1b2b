namespace Rotel.Memory;

/// <summary>A process of 1000 MiB whose use of them the test says.</summary>
internal sealed class ScriptedMemory : IProcessMemory
{
    public const long MiB = 1 << 20;
    private long _heap = 100 * MiB;
    private long _container;
    private int _reads;

    public int OldestCollections { get; set; }

    /// <summary>Completes when one is asked for.</summary>
    public TaskCompletionSource Collected { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Reads => Volatile.Read(ref _reads);

    public long HeapMiB
    {
        set => Volatile.Write(ref _heap, value * MiB);
    }

    public long ContainerMiB
    {
        set => Volatile.Write(ref _container, value * MiB);
    }

    public MemoryReading Read()
    {
        Interlocked.Increment(ref _reads);
        var container = Volatile.Read(ref _container);
        return new MemoryReading(Volatile.Read(ref _heap), 1000 * MiB, container, container == 0 ? 0 : 1000 * MiB);
    }

    public void Collect() => Collected.TrySetResult();

    public void Forget() => Collected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
}
