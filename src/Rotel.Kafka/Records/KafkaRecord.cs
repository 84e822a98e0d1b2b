using Rotel.Memory;

namespace Rotel.Kafka.Records;

/// <summary>
/// One record to be produced: part of a batch, in the bytes it will be sent in. The Kafka client wants arrays of the exact length, so the
/// value is one of the garbage collector's, charged to the budget from here to <see cref="Dispose"/>.
/// </summary>
internal sealed class KafkaRecord : IDisposable
{
    /// <summary>
    /// About what the objects around a value take, here and with the client. It matters where a trace is a record: then thousands of values
    /// are shorter than this.
    /// </summary>
    public const int AroundBytes = 256;

    private readonly ByteBudget _budget;

    /// <param name="budget">What the record is charged to, as overdraft.</param>
    /// <param name="topic">Where it goes.</param>
    /// <param name="key">What decides the partition; null leaves that to the partitioner.</param>
    /// <param name="value">The body; never empty.</param>
    /// <param name="itemCount">Spans, data points or log records in it.</param>
    public KafkaRecord(ByteBudget budget, string topic, byte[]? key, byte[] value, int itemCount)
    {
        _budget = budget;
        Topic = topic;
        Key = key;
        Value = value;
        ItemCount = itemCount;
        Charge = value.Length + (key?.Length ?? 0) + AroundBytes;
        budget.ReserveOverdraft(Charge);
    }

    public string Topic { get; }

    public byte[]? Key { get; }

    public byte[] Value { get; private set; }

    public int ItemCount { get; }

    /// <summary>The bytes charged to the budget; as many again are the client's while it has the record.</summary>
    public long Charge { get; }

    /// <summary>Lets the value go; call it once.</summary>
    public void Dispose()
    {
        _budget.Release(Charge);
        Value = [];
    }
}
