using System.Text;
using Rotel.Otlp;

namespace Rotel.Throughput.Broker;

/// <summary>The topic of a signal.</summary>
internal sealed class CountedTopic(OtlpSignal signal)
{
    private readonly CountedPartition[] _partitions =
        [.. Enumerable.Range(0, BrokerRole.Partitions).Select(_ => new CountedPartition())];

    public OtlpSignal Signal => signal;

    /// <summary>Its name in UTF-8, as it is in requests.</summary>
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(BrokerRole.TopicOf(signal));

    public int PartitionCount => _partitions.Length;

    /// <summary>The partition, or null where there is none of this index.</summary>
    public CountedPartition? Partition(int index) => (uint)index < (uint)_partitions.Length ? _partitions[index] : null;
}
