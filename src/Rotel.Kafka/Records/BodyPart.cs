using System.Runtime.InteropServices;

namespace Rotel.Kafka.Records;

/// <summary>A payload's body or whole resources of it, which are a body by themselves; the payload owns the bytes.</summary>
/// <param name="Bytes">In wire form.</param>
/// <param name="ItemCount">Spans, data points or log records in it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BodyPart(ReadOnlyMemory<byte> Bytes, int ItemCount);
