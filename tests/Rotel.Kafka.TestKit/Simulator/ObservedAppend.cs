namespace Rotel.Kafka.TestKit.Simulator;

/// <summary>A batch of records as the simulator added it to a partition.</summary>
/// <param name="Broker">Which broker it was sent to.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of its first record.</param>
/// <param name="Records">How many records.</param>
/// <param name="Bytes">As sent: compressed, with the batch's header.</param>
public readonly record struct ObservedAppend(int Broker, string Topic, int Partition, long Offset, int Records, int Bytes);
