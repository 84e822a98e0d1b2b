using Rotel.Otlp;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Broker;

/// <summary>
/// Records as a producer sends them together, in the format of Kafka 0.11 and later. Its checksum is not verified: what comes over the
/// loopback is what was sent.
/// </summary>
/// <seealso href="https://kafka.apache.org/documentation/#recordbatch"/>
internal readonly ref struct RecordBatch
{
    private const byte Magic = 2;
    private const int CompressionBits = 7;

    // Behind the magic number: the checksum; behind the attributes: the last record's offset, first and last time.
    private const int ChecksumBytes = 4;
    private const int OffsetAndTimesBytes = 4 + 8 + 8;

    private readonly ReadOnlySpan<byte> _records;
    private readonly bool _isReadable;

    /// <summary>Reads a batch and goes on behind it.</summary>
    public RecordBatch(ref RequestFields fields)
    {
        _ = fields.Int64(); // The first offset, which brokers assign.
        var batch = new RequestFields(fields.Bytes());
        _ = batch.Int32(); // The leader's epoch, which brokers assign.
        _isReadable = batch.Int8() == Magic;
        if (!_isReadable)
            return;
        batch.Take(ChecksumBytes);
        IsCompressed = (batch.Int16() & CompressionBits) != 0;
        batch.Take(OffsetAndTimesBytes);
        ProducerId = batch.Int64();
        _ = batch.Int16(); // The producer's epoch: here each has a number of its own.
        FirstSequence = batch.Int32();
        Count = batch.Int32();
        _records = batch.Rest();
    }

    public bool IsCompressed { get; }

    /// <summary>-1 where the producer is not idempotent.</summary>
    public long ProducerId { get; }

    /// <summary>The sequence number of the first record; the others follow.</summary>
    public int FirstSequence { get; }

    /// <summary>How many records there are.</summary>
    public int Count { get; }

    /// <summary>Counts the items of all values.</summary>
    /// <returns>-1 when the batch, one of its records or a value is not what it is to be.</returns>
    public long CountItems(OtlpSignal signal)
    {
        if (!_isReadable || IsCompressed || Count <= 0)
            return -1;
        var records = new RequestFields(_records);
        long items = 0;
        for (var i = 0; i < Count; i++)
        {
            var record = new RequestFields(records.RecordBytes());
            record.Int8();
            record.Varint(); // Its time.
            record.Varint(); // Its offset.
            record.RecordBytes(); // Its key.
            var inValue = ItemCounter.Count(signal, record.RecordBytes());
            if (inValue < 0)
                return -1;
            items += inValue;
        }

        return records.IsAtEnd ? items : -1;
    }
}
