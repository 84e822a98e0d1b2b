namespace Rotel.Kafka.TestKit.Simulator;

/// <summary>An offset as the simulator was asked to keep it. A commit that failed is not among these.</summary>
/// <param name="Group">Whose it is.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The next record the group wants.</param>
public readonly record struct ObservedCommit(string Group, string Topic, int Partition, long Offset);
