using System.Diagnostics.CodeAnalysis;

namespace Rotel.Otlp.Wire;

/// <summary>Bytes that are not protobuf, found by a reader. Bodies that passed the validator never cause it.</summary>
internal sealed class WireFormatException : Exception
{
    private WireFormatException(string message, int offset)
        : base($"{message} at offset {offset}") => Offset = offset;

    /// <summary>Where in the span given to the reader the fault was found.</summary>
    public int Offset { get; }

    [DoesNotReturn]
    public static void ThrowTruncated(int offset) => throw new WireFormatException("truncated field", offset);

    [DoesNotReturn]
    public static void ThrowVarint(int offset) => throw new WireFormatException("varint longer than ten bytes", offset);

    [DoesNotReturn]
    public static void ThrowTag(int offset) => throw new WireFormatException("invalid tag", offset);

    [DoesNotReturn]
    public static void ThrowGroup(int offset) => throw new WireFormatException("unbalanced or too deep group", offset);

    /// <summary>Values inside values deeper than <paramref name="limit"/> levels; the offset is not known there.</summary>
    [DoesNotReturn]
    public static void ThrowDepth(int limit) => throw new WireFormatException($"values nested deeper than {limit} levels", 0);
}
