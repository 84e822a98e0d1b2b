using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Rotel.Memory;

/// <summary>
/// Lends byte blocks and charges them to the <see cref="ByteBudget"/>. Four size classes per doubling keep the waste of a block below a
/// quarter. Blocks that come back are kept for reuse within what the budget leaves free, so that lent and kept together stay below it;
/// those that nobody asked for between two collections of the oldest generation are let go.
/// </summary>
internal sealed class BufferPool
{
    private const int MinCapacity = 1024;
    private const int ClassesPerDoubling = 4;

    /// <summary>Blocks above this are made and dropped, never kept.</summary>
    private const int MaxKeptCapacity = 8 * 1024 * 1024;

    private static readonly int[] Capacities = SizeClasses();

    private readonly SizeClass[] _kept;
    private readonly long _maxKeptBytes;
    private long _keptBytes;

    /// <param name="budget">The account that every loan is charged to.</param>
    public BufferPool(ByteBudget budget)
    {
        Budget = budget;
        _maxKeptBytes = budget.Limit / 4;
        _kept = new SizeClass[Capacities.Length];
        for (var i = 0; i < _kept.Length; i++)
            _kept[i] = new SizeClass();
        Trimmer.Watch(this);
    }

    public ByteBudget Budget { get; }

    /// <summary>Bytes held for reuse and not charged to the budget.</summary>
    public long KeptBytes => Volatile.Read(ref _keptBytes);

    /// <summary>Lends a block of at least <paramref name="size"/> bytes, or returns false when the budget has no room for it.</summary>
    public bool TryRent(int size, [NotNullWhen(true)] out PooledBuffer? buffer)
    {
        var capacity = CapacityFor(size);
        if (!Budget.TryReserve(capacity))
        {
            buffer = null;
            return false;
        }

        buffer = Take(capacity);
        return true;
    }

    /// <summary>Lends a block even past the limit; see <see cref="ByteBudget.ReserveOverdraft"/> for who may.</summary>
    public PooledBuffer RentOverdraft(int size)
    {
        var capacity = CapacityFor(size);
        Budget.ReserveOverdraft(capacity);
        return Take(capacity);
    }

    /// <summary>Keeps nothing of what was kept for reuse: the process needs the memory.</summary>
    public void LetGo() => Trim(everything: true);

    internal void Return(byte[] array)
    {
        Budget.Release(array.Length);
        var kept = Volatile.Read(ref _keptBytes) + array.Length;
        var isRoom = array.Length <= MaxKeptCapacity && kept <= _maxKeptBytes && kept + Budget.Reserved <= Budget.Limit;
        if (!isRoom || Budget.Guard is { IsShut: true })
            return;

        Interlocked.Add(ref _keptBytes, array.Length);
        _kept[ClassOf(array.Length)].Push(array);
    }

    /// <summary>The capacity that a request for <paramref name="size"/> bytes is given and charged.</summary>
    internal static int CapacityFor(int size) => size > MaxKeptCapacity ? size : Capacities[ClassOf(size)];

    private PooledBuffer Take(int capacity)
    {
        if (capacity <= MaxKeptCapacity && _kept[ClassOf(capacity)].TryPop() is { } array)
        {
            Interlocked.Add(ref _keptBytes, -capacity);
            return new PooledBuffer(this, array);
        }

        if (Volatile.Read(ref _keptBytes) + Budget.Reserved > Budget.Limit)
            Trim(everything: true);
        try
        {
            return new PooledBuffer(this, GC.AllocateUninitializedArray<byte>(capacity));
        }
        catch (OutOfMemoryException)
        {
            Budget.Release(capacity);
            throw;
        }
    }

    private static int ClassOf(int size)
    {
        if (size <= MinCapacity)
            return 0;

        // Within the doubling (2^k, 2^(k+1)] the classes are 1.25, 1.5, 1.75 and 2 times 2^k.
        var doubling = BitOperations.Log2((uint)(size - 1));
        var step = (size - 1 - (1 << doubling)) >> (doubling - 2);
        return ((doubling - BitOperations.Log2(MinCapacity)) * ClassesPerDoubling) + step + 1;
    }

    private static int[] SizeClasses()
    {
        var sizes = new List<int> { MinCapacity };
        for (var start = MinCapacity; start < MaxKeptCapacity; start *= 2)
        {
            for (var step = 1; step <= ClassesPerDoubling; step++)
                sizes.Add(start + (start / ClassesPerDoubling * step));
        }

        return [.. sizes];
    }

    private void Trim(bool everything)
    {
        foreach (var kept in _kept)
            Interlocked.Add(ref _keptBytes, -kept.Trim(everything));
    }

    /// <summary>The kept blocks of one capacity, and how few there were at any time since the last trim: so many are not needed.</summary>
    private sealed class SizeClass
    {
        private readonly Stack<byte[]> _blocks = new();
        private int _unused;

        public void Push(byte[] block)
        {
            lock (_blocks)
                _blocks.Push(block);
        }

        public byte[]? TryPop()
        {
            lock (_blocks)
            {
                if (!_blocks.TryPop(out var block))
                    return null;
                _unused = Math.Min(_unused, _blocks.Count);
                return block;
            }
        }

        /// <summary>Lets go of all blocks, or of those that were not needed; returns their bytes.</summary>
        public long Trim(bool everything)
        {
            long bytes = 0;
            lock (_blocks)
            {
                for (var drop = everything ? _blocks.Count : _unused; drop > 0; drop--)
                    bytes += _blocks.Pop().Length;
                _unused = _blocks.Count;
            }

            return bytes;
        }
    }

    /// <summary>Unreachable from birth, so its finalizer runs after a collection; it lives on until the pool is gone.</summary>
    private sealed class Trimmer
    {
        private readonly WeakReference<BufferPool> _pool;
        private int _lastFullCollection = GC.CollectionCount(2);

        private Trimmer(BufferPool pool) => _pool = new WeakReference<BufferPool>(pool);

        ~Trimmer()
        {
            if (!_pool.TryGetTarget(out var pool))
                return;

            var full = GC.CollectionCount(2);
            if (full != _lastFullCollection)
            {
                _lastFullCollection = full;
                pool.Trim(everything: false);
            }

            GC.ReRegisterForFinalize(this);
        }

        public static void Watch(BufferPool pool) => _ = new Trimmer(pool);
    }
}
