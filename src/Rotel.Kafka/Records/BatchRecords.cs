using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Kafka.Records;

/// <summary>
/// The records of one batch while they are made, and the count of what could not become one. It owns the records until they are taken, so
/// that disposing it lets them go when making the rest failed.
/// </summary>
/// <remarks>
/// Every record repeats the resource and scope of its items, so that a small body with a huge resource and very many traces could become
/// gigabytes: all records together take no more bytes than the whole budget or, where that is more, <see cref="MaxGrowth"/> times what the
/// batch has, and what is beyond that counts as oversized. What is put together only to find out that it is too long has the same limit, or
/// it would take hours.
/// </remarks>
/// <param name="signal">The signal of the batch.</param>
/// <param name="pool">Where bytes are put together that are not yet a record's; its budget is charged for the records.</param>
/// <param name="wireLength">The length of all bodies of the batch.</param>
/// <param name="maxMessageBytes">The most bytes of a record.</param>
/// <param name="headerBytes">What its headers take of them.</param>
internal sealed class BatchRecords(OtlpSignal signal, BufferPool pool, long wireLength, int maxMessageBytes, int headerBytes) : IDisposable
{
    /// <summary>More than JSON makes of any body that is not built for it.</summary>
    private const int MaxGrowth = 8;

    private readonly long _maxBytes = Math.Max(pool.Budget.Limit, MaxGrowth * wireLength);
    private List<KafkaRecord> _records = [];
    private long _bytes;
    private long _bytesBetween;
    private int _oversizedItems;
    private int _unreadableItems;

    public OtlpSignal Signal => signal;

    public BufferPool Pool => pool;

    /// <summary>Whether a resource named a topic that there was no more room for.</summary>
    public bool HasTooManyTopics { get; set; }

    /// <summary>The longest value that a record to <paramref name="target"/> may have; below 1 where none may.</summary>
    public int MaxValueBytes(RecordTarget target) => KafkaRecordSize.MaxValueBytes(maxMessageBytes, headerBytes, target.Key);

    /// <summary>
    /// An array for a value of exactly this length, to be filled and given to <see cref="Add"/> with the same items. Null when the batch
    /// may not have it; its items are counted then.
    /// </summary>
    public byte[]? TryAllocate(int length, int itemCount)
    {
        if (length <= _maxBytes - _bytes)
            return GC.AllocateUninitializedArray<byte>(length);
        _oversizedItems += itemCount;
        return null;
    }

    /// <summary>
    /// Whether the batch may have a body of this length put together that is no record yet. False when it may not; its items are counted
    /// then.
    /// </summary>
    public bool TryPutTogether(int length, int itemCount)
    {
        if (length <= _maxBytes - _bytesBetween)
        {
            _bytesBetween += length;
            return true;
        }

        _oversizedItems += itemCount;
        return false;
    }

    /// <summary>Makes a record of a value, which is its own from here on.</summary>
    public void Add(RecordTarget target, byte[] value, int itemCount)
    {
        _bytes += value.Length;
        _records.Add(new KafkaRecord(pool.Budget, target.Topic, target.Key, value, itemCount));
    }

    /// <summary>Counts items that no record can hold.</summary>
    public void CountOversized(int itemCount) => _oversizedItems += itemCount;

    /// <summary>Counts items in bytes that are not protobuf.</summary>
    public void CountUnreadable(int itemCount) => _unreadableItems += itemCount;

    /// <summary>Gives the records to the caller.</summary>
    public EncodedRecords Take()
    {
        var taken = new EncodedRecords(_records, _oversizedItems, _unreadableItems) { HasTooManyTopics = HasTooManyTopics };
        _records = [];
        return taken;
    }

    public void Dispose()
    {
        foreach (var record in _records)
            record.Dispose();
        _records.Clear();
    }
}
