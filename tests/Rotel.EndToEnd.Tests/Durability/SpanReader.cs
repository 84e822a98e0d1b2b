using System.Buffers.Binary;
using Google.Protobuf;

namespace Rotel.EndToEnd;

/// <summary>Finds the ids of the spans in an encoded request, fast enough for a backend that is not to be what is measured.</summary>
internal static class SpanReader
{
    private const int ResourceSpans = 1;
    private const int ScopeSpans = 2;
    private const int Spans = 2;
    private const int SpanId = 2;

    /// <summary>Adds the id of each span to a list.</summary>
    public static void Read(ReadOnlySpan<byte> request, List<ulong> ids)
    {
        while (Next(ref request, out var number, out var resource))
        {
            if (number != ResourceSpans)
                continue;
            while (Next(ref resource, out number, out var scope))
            {
                if (number != ScopeSpans)
                    continue;
                while (Next(ref scope, out number, out var span))
                {
                    if (number != Spans)
                        continue;
                    while (Next(ref span, out number, out var id))
                    {
                        if (number != SpanId)
                            continue;
                        ids.Add(BinaryPrimitives.ReadUInt64BigEndian(id));
                        break;
                    }
                }
            }
        }
    }

    /// <summary>Takes one field off a message; its value where it has a length.</summary>
    private static bool Next(ref ReadOnlySpan<byte> message, out int number, out ReadOnlySpan<byte> value)
    {
        number = 0;
        value = default;
        if (message.IsEmpty)
            return false;
        var tag = (uint)Varint(ref message);
        number = WireFormat.GetTagFieldNumber(tag);
        var length = 0;
        switch (WireFormat.GetTagWireType(tag))
        {
            case WireFormat.WireType.Varint:
                Varint(ref message);
                break;
            case WireFormat.WireType.Fixed64:
                length = 8;
                break;
            case WireFormat.WireType.Fixed32:
                length = 4;
                break;
            default:
                length = (int)Varint(ref message);
                break;
        }

        value = message[..length];
        message = message[length..];
        return true;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var (i, shift) = (0, 0); ; i++, shift += 7)
        {
            value |= (ulong)(message[i] & 0x7f) << shift;
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return value;
            }
        }
    }
}
