using System.Buffers.Binary;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Ids as numbers. One of a length that is not legal is read as the big-endian number that it is, of which the last bytes count.
/// </summary>
internal static class SpanIds
{
    public const int TraceIdLength = 16;
    public const int SpanIdLength = 8;

    public static UInt128 TraceIdOf(ReadOnlySpan<byte> id)
    {
        if (id.Length == TraceIdLength)
            return BinaryPrimitives.ReadUInt128BigEndian(id);
        Span<byte> room = stackalloc byte[TraceIdLength];
        return BinaryPrimitives.ReadUInt128BigEndian(Fit(id, room));
    }

    public static ulong SpanIdOf(ReadOnlySpan<byte> id)
    {
        if (id.Length == SpanIdLength)
            return BinaryPrimitives.ReadUInt64BigEndian(id);
        Span<byte> room = stackalloc byte[SpanIdLength];
        return BinaryPrimitives.ReadUInt64BigEndian(Fit(id, room));
    }

    /// <summary>Appends an id in hexadecimal, as long as a legal one.</summary>
    public static void WriteHex(ReadOnlySpan<byte> id, int length, PooledBytes text)
    {
        Span<byte> room = stackalloc byte[TraceIdLength];
        Convert.TryToHexStringLower(Fit(id, room[..length]), text.Append(2 * length), out _);
    }

    private static Span<byte> Fit(ReadOnlySpan<byte> id, Span<byte> room)
    {
        room.Clear();
        var last = id[Math.Max(0, id.Length - room.Length)..];
        last.CopyTo(room[(room.Length - last.Length)..]);
        return room;
    }
}
