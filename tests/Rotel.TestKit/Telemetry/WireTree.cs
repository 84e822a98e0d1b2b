using System.Buffers.Binary;
using Google.Protobuf.Reflection;

namespace Rotel.TestKit.Telemetry;

/// <summary>
/// Reads legal encoded messages into <see cref="WireField"/>s and writes them back. Written for tests: clear, not fast, trusting.
/// </summary>
internal static class WireTree
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Length = 2;
    public const int StartGroup = 3;
    public const int EndGroup = 4;
    public const int Fixed32 = 5;

    public static List<WireField> Parse(ReadOnlySpan<byte> encoded, MessageDescriptor? message)
    {
        var position = 0;
        return ParseFields(encoded, ref position, message, group: 0);
    }

    /// <summary>
    /// Writes the fields; <paramref name="varintPadding"/> is asked for extra bytes per varint, given how many would still be legal.
    /// </summary>
    public static byte[] Encode(IEnumerable<WireField> fields, Func<int, int>? varintPadding = null)
    {
        var output = new List<byte>();
        foreach (var field in fields)
            Encode(output, field, varintPadding ?? (_ => 0));
        return [.. output];
    }

    public static void WriteTag(List<byte> output, int number, int type, int padding = 0) =>
        WriteVarint(output, ((ulong)(uint)number << 3) | (uint)type, padding);

    /// <summary>Writes a varint with that many more bytes than it needs.</summary>
    public static void WriteVarint(List<byte> output, ulong value, int padding = 0)
    {
        while (value >= 0x80)
        {
            output.Add((byte)(value | 0x80));
            value >>= 7;
        }

        if (padding > 0)
        {
            output.Add((byte)(value | 0x80));
            for (; padding > 1; padding--)
                output.Add(0x80);
            value = 0;
        }

        output.Add((byte)value);
    }

    public static int VarintLength(ulong value)
    {
        var length = 1;
        for (; value >= 0x80; value >>= 7)
            length++;
        return length;
    }

    public static ulong ReadVarint(ReadOnlySpan<byte> encoded, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = encoded[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private static List<WireField> ParseFields(ReadOnlySpan<byte> encoded, ref int position, MessageDescriptor? message, int group)
    {
        var fields = new List<WireField>();
        while (position < encoded.Length)
        {
            var tag = ReadVarint(encoded, ref position);
            var number = (int)(tag >> 3);
            var type = (int)(tag & 7);
            if (type == EndGroup && number == group)
                return fields;
            fields.Add(ParseField(encoded, ref position, message?.FindFieldByNumber(number), number, type));
        }

        return fields;
    }

    private static WireField ParseField(
        ReadOnlySpan<byte> encoded, ref int position, FieldDescriptor? descriptor, int number, int type)
    {
        ulong scalar = 0;
        byte[] content = [];
        List<WireField>? children = null;
        switch (type)
        {
            case Varint:
                scalar = ReadVarint(encoded, ref position);
                break;
            case Fixed64:
                scalar = BinaryPrimitives.ReadUInt64LittleEndian(encoded[position..]);
                position += 8;
                break;
            case Fixed32:
                scalar = BinaryPrimitives.ReadUInt32LittleEndian(encoded[position..]);
                position += 4;
                break;
            case StartGroup:
                children = ParseFields(encoded, ref position, message: null, number);
                break;
            default:
                var length = (int)ReadVarint(encoded, ref position);
                var body = encoded.Slice(position, length);
                position += length;
                if (descriptor is { FieldType: FieldType.Message })
                    children = Parse(body, descriptor.MessageType);
                else
                    content = body.ToArray();
                break;
        }

        return new WireField
        {
            Number = number,
            Type = type,
            Descriptor = descriptor,
            Scalar = scalar,
            Content = content,
            Children = children,
        };
    }

    // Tags and lengths are 32-bit numbers: some readers take five bytes of them at most, and five is what the tree writes at most.
    private static void Encode(List<byte> output, WireField field, Func<int, int> padding)
    {
        var tag = ((ulong)(uint)field.Number << 3) | (uint)field.Type;
        WriteVarint(output, tag, padding(5 - VarintLength(tag)));
        switch (field.Type)
        {
            case Varint:
                WriteVarint(output, field.Scalar, padding(10 - VarintLength(field.Scalar)));
                break;
            case Fixed64:
                Span<byte> eight = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(eight, field.Scalar);
                output.AddRange(eight);
                break;
            case Fixed32:
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32LittleEndian(four, (uint)field.Scalar);
                output.AddRange(four);
                break;
            case StartGroup:
                foreach (var child in field.Children!)
                    Encode(output, child, padding);
                WriteTag(output, field.Number, EndGroup);
                break;
            default:
                var content = field.Children is null ? field.Content : Encode(field.Children, padding);
                WriteVarint(output, (ulong)content.Length, padding(5 - VarintLength((ulong)content.Length)));
                output.AddRange(content);
                break;
        }
    }
}
