using Rotel.Memory;

namespace Rotel.Temporality;

/// <summary>
/// A hash table of <see cref="SeriesState"/> in the order of use, bounded in number and bytes: what was unused for longest makes room.
/// States lie without gaps in pages of an array each, so that no page is larger than the large object heap's threshold, none is ever
/// copied, and pages are let go as series are. Every byte is charged to the budget, as overdraft: it is bounded here. Not thread-safe.
/// </summary>
internal sealed class SeriesTable : IDisposable
{
    private const int PageBits = 9;
    private const int PageLength = 1 << PageBits;
    private const int StateBytes = 64;
    private const int ArrayOverhead = 24;
    private const long PageBytes = (PageLength * (StateBytes + sizeof(long))) + (2 * ArrayOverhead);
    private const int MinBuckets = 256;

    private readonly CumulativeSeriesLimits _limits;
    private readonly ByteBudget _budget;
    private readonly TimeProvider _time;
    private readonly long _expiry;
    private readonly List<SeriesState[]> _pages = [];
    private readonly List<ulong[]?[]> _blockPages = [];
    private int[] _buckets = [];
    private int _newest = -1;
    private int _oldest = -1;
    private long _now;

    public SeriesTable(CumulativeSeriesLimits limits, ByteBudget budget, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxSeries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxBytes, CumulativeSeriesLimits.MinBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limits.Expiry, TimeSpan.Zero);
        _limits = limits;
        _budget = budget;
        _time = time;
        _expiry = (long)(limits.Expiry.TotalSeconds * time.TimestampFrequency);
        _now = time.GetTimestamp();
    }

    public int Count { get; private set; }

    /// <summary>Bytes of all arrays, which is what the budget is charged.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many series were forgotten because there was no room for them, ever.</summary>
    public long Evicted { get; private set; }

    /// <summary>The latest time of a point of a series that was forgotten, but not later than when it was; 0 before the first.</summary>
    public ulong ForgottenUntil { get; private set; }

    public ref SeriesState this[int index] => ref _pages[index >> PageBits][index & (PageLength - 1)];

    /// <summary>Finds a series that is not expired, or returns -1.</summary>
    public int Find(SeriesKey key)
    {
        if (Count == 0)
            return -1;

        for (var index = _buckets[BucketOf(key)] - 1; index >= 0; index = this[index].NextInBucket)
        {
            if (this[index].Key != key)
                continue;
            if (!IsExpired(index))
                return index;
            Forget(index);
            return -1;
        }

        return -1;
    }

    /// <summary>Adds a series that is not there, as the newest, and makes room for it before. Its state is empty but for its key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="blockLength">Numbers to be kept beside it; 0 for none.</param>
    public int Add(SeriesKey key, int blockLength = 0)
    {
        var none = -1;
        while (Count >= _limits.MaxSeries)
            Evict(ref none);
        while (Bytes + BytesOfOneMore(blockLength) > _limits.MaxBytes && Count > 0)
            Evict(ref none);

        var index = Count;
        if (index >> PageBits == _pages.Count)
        {
            _pages.Add(new SeriesState[PageLength]);
            _blockPages.Add(new ulong[]?[PageLength]);
            Charge(PageBytes);
        }

        if (Count >= _buckets.Length)
            GrowBuckets();
        Count++;
        ref var state = ref this[index];
        state = new SeriesState { Key = key };
        LinkToBucket(index);
        LinkNewest(index);
        if (blockLength > 0)
            SetBlock(index, new ulong[blockLength]);
        return index;
    }

    /// <summary>Makes a series the one last used, now.</summary>
    public void Use(int index)
    {
        Unlink(index);
        LinkNewest(index);
    }

    /// <summary>The numbers kept beside a series; empty when there are none.</summary>
    public Span<ulong> Block(int index) => BlockAt(index);

    /// <summary>
    /// Gives a series another number of numbers, all zero, and makes room for them. Returns its index, which may be another.
    /// </summary>
    public int Resize(int index, int blockLength)
    {
        Use(index);
        SetBlock(index, null);
        while (Bytes + BlockBytes(blockLength) > _limits.MaxBytes && Count > 1)
            Evict(ref index);
        SetBlock(index, new ulong[blockLength]);
        return index;
    }

    /// <summary>Gives a series another key, which nothing else has.</summary>
    public void Rename(int index, SeriesKey key)
    {
        RedirectBucket(index, this[index].NextInBucket);
        this[index].Key = key;
        LinkToBucket(index);
    }

    /// <summary>
    /// Begins what belongs to one point: reads the clock for all of it, and forgets expired series, but only some: the rest is swept with
    /// the next points.
    /// </summary>
    public void Sweep()
    {
        _now = _time.GetTimestamp();
        const int AtOnce = 64;
        for (var swept = 0; swept < AtOnce && _oldest >= 0 && IsExpired(_oldest); swept++)
            Forget(_oldest);
    }

    public void Dispose()
    {
        Count = 0;
        _newest = _oldest = -1;
        _pages.Clear();
        _blockPages.Clear();
        _buckets = [];
        Charge(-Bytes);
    }

    private static long BlockBytes(int length) => length == 0 ? 0 : ArrayOverhead + ((long)length * sizeof(ulong));

    private int BucketOf(SeriesKey key) => (int)(uint)key.Hash & (_buckets.Length - 1);

    private bool IsExpired(int index) => _now - this[index].LastUse > _expiry;

    private long BytesOfOneMore(int blockLength)
    {
        var bytes = BlockBytes(blockLength);
        if (Count >> PageBits == _pages.Count)
            bytes += PageBytes;
        if (Count >= _buckets.Length)
            bytes += sizeof(int) * (long)Math.Max(MinBuckets, _buckets.Length);
        return bytes;
    }

    /// <summary>Forgets what was unused for longest, and follows the series that is kept, which may move.</summary>
    private void Evict(ref int kept)
    {
        var index = _oldest;
        Evicted++;
        Forget(index);
        if (kept == Count)
            kept = index;
    }

    /// <summary>Takes a series out; the last one moves to its place.</summary>
    private void Forget(int index)
    {
        var now = (ulong)Math.Max(0, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks) * TimeSpan.NanosecondsPerTick;
        ForgottenUntil = Math.Max(ForgottenUntil, Math.Min(this[index].Time, now));
        Unlink(index);
        RedirectBucket(index, this[index].NextInBucket);
        SetBlock(index, null);

        var last = --Count;
        if (index != last)
            Move(last, index);
        if (Count == 0)
            Dispose();
        else if (_pages.Count > (Count >> PageBits) + 2)
            DropLastPage();
    }

    private void Move(int from, int to)
    {
        RedirectBucket(from, to);
        ref var state = ref this[to];
        state = this[from];
        if (state.Newer >= 0)
            this[state.Newer].Older = to;
        else
            _newest = to;
        if (state.Older >= 0)
            this[state.Older].Newer = to;
        else
            _oldest = to;

        ref var block = ref BlockAt(from);
        BlockAt(to) = block;
        block = null;
    }

    private void DropLastPage()
    {
        var last = _pages.Count - 1;
        _pages.RemoveAt(last);
        _blockPages.RemoveAt(last);
        Charge(-PageBytes);
    }

    private void LinkNewest(int index)
    {
        ref var state = ref this[index];
        state.LastUse = _now;
        state.Newer = -1;
        state.Older = _newest;
        if (_newest >= 0)
            this[_newest].Newer = index;
        else
            _oldest = index;
        _newest = index;
    }

    private void Unlink(int index)
    {
        ref var state = ref this[index];
        if (state.Newer >= 0)
            this[state.Newer].Older = state.Older;
        else
            _newest = state.Older;
        if (state.Older >= 0)
            this[state.Older].Newer = state.Newer;
        else
            _oldest = state.Newer;
    }

    private void LinkToBucket(int index)
    {
        ref var state = ref this[index];
        ref var bucket = ref _buckets[BucketOf(state.Key)];
        state.NextInBucket = bucket - 1;
        bucket = index + 1;
    }

    /// <summary>Makes what points to a series in its bucket point elsewhere; -1 is nowhere.</summary>
    private void RedirectBucket(int index, int target)
    {
        ref var bucket = ref _buckets[BucketOf(this[index].Key)];
        if (bucket == index + 1)
        {
            bucket = target + 1;
            return;
        }

        var before = bucket - 1;
        while (this[before].NextInBucket != index)
            before = this[before].NextInBucket;
        this[before].NextInBucket = target;
    }

    private void GrowBuckets()
    {
        var length = Math.Max(MinBuckets, 2 * _buckets.Length);
        Charge(sizeof(int) * (long)(length - _buckets.Length));
        _buckets = new int[length];
        for (var index = 0; index < Count; index++)
            LinkToBucket(index);
    }

    private ref ulong[]? BlockAt(int index) => ref _blockPages[index >> PageBits][index & (PageLength - 1)];

    private void SetBlock(int index, ulong[]? block)
    {
        ref var kept = ref BlockAt(index);
        Charge(BlockBytes(block?.Length ?? 0) - BlockBytes(kept?.Length ?? 0));
        kept = block;
    }

    private void Charge(long bytes)
    {
        Bytes += bytes;
        if (bytes > 0)
            _budget.ReserveOverdraft(bytes);
        else if (bytes < 0)
            _budget.Release(-bytes);
    }
}
