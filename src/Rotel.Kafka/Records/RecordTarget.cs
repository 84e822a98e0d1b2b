using System.Runtime.InteropServices;

namespace Rotel.Kafka.Records;

/// <summary>Where records go.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Key">What decides the partition; null leaves that to the partitioner.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordTarget(string Topic, byte[]? Key);
