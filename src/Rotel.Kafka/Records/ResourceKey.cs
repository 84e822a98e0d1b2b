using System.Buffers.Binary;
using System.IO.Hashing;
using Rotel.Otlp.Json;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Kafka.Records;

/// <summary>
/// A 64-bit hash of a resource's attributes, by which its telemetry stays on one partition: the same for the same attributes in every
/// process and version, whatever order they come in and however protobuf wrote them.
/// </summary>
/// <remarks>
/// What counts is key, kind and content of each value, so that the number 1 is not the string "1". Elements of an array count in their
/// order, pairs of a nested list in any. An attribute given twice counts twice: it does not hash like one given once, but its order does
/// not matter either. Dropped counts, entities and unknown fields do not count.
/// </remarks>
internal static class ResourceKey
{
    /// <summary>
    /// Hashes attributes. Throws <see cref="WireFormatException"/> where they are not protobuf or nest too deep, which a body that was
    /// validated does not.
    /// </summary>
    public static ulong Hash(WireList<KeyValueReader> attributes) => Pairs(attributes, depth: 0);

    private static ulong Pairs(WireList<KeyValueReader> pairs, int depth)
    {
        // A sum does not depend on the order of what is added.
        ulong sum = 0;
        foreach (var pair in pairs)
            sum += Combine(XxHash3.HashToUInt64(pair.Key), Value(pair.Value, depth), AnyValueKind.None);
        return Combine(sum, (ulong)pairs.Count, AnyValueKind.KeyValueList);
    }

    private static ulong Value(AnyValueReader value, int depth)
    {
        if (depth == CommonJson.MaxValueDepth)
            WireFormatException.ThrowDepth(CommonJson.MaxValueDepth);
        switch (value.Kind)
        {
            case AnyValueKind.String or AnyValueKind.Bytes:
                return XxHash3.HashToUInt64(value.Bytes, (long)value.Kind);
            case AnyValueKind.Bool:
                return Combine(value.Bool ? 1UL : 0UL, 0, value.Kind);
            case AnyValueKind.Int:
                return Combine((ulong)value.Int, 0, value.Kind);
            case AnyValueKind.Double:
                return Combine(BitConverter.DoubleToUInt64Bits(value.Double), 0, value.Kind);
            case AnyValueKind.StringIndex:
                return Combine((uint)value.StringIndex, 0, value.Kind);
            case AnyValueKind.KeyValueList:
                return Pairs(value.KeyValues.Values, depth + 1);
            case AnyValueKind.Array:
                var elements = value.Array.Values;
                var hash = Combine((ulong)elements.Count, 0, value.Kind);
                foreach (var element in elements)
                    hash = Combine(hash, Value(element, depth + 1), value.Kind);
                return hash;
            default:
                return 0;
        }
    }

    private static ulong Combine(ulong first, ulong second, AnyValueKind kind)
    {
        Span<byte> bytes = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, first);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(ulong)..], second);
        return XxHash3.HashToUInt64(bytes, (long)kind);
    }
}
