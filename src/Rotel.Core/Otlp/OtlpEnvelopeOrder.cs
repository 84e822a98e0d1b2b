using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// The order of fields that cutting relies on: in every envelope the children stand in one run, tags and lengths of envelopes take no more
/// bytes than they need, and a metric has at most one data field. Protobuf allows any other order with the same meaning; such bodies, which
/// no serialiser we know writes, are rewritten before they are cut.
/// </summary>
internal static class OtlpEnvelopeOrder
{
    // A tag byte and a length of five bytes.
    private const int MaxHeader = 6;

    /// <summary>How large a buffer <see cref="Order"/> needs.</summary>
    public static int MaxLength(ReadOnlySpan<byte> body) => body.Length + (MaxHeader * OtlpEnvelope.MaxLevels);

    public static bool IsOrdered(OtlpSignal signal, ReadOnlySpan<byte> body) => IsOrdered(body, 0, OtlpEnvelope.ItemLevel(signal));

    /// <summary>Writes the same request in order and returns its length.</summary>
    public static int Order(OtlpSignal signal, ReadOnlySpan<byte> body, Span<byte> output)
    {
        var length = CopyRest(body, 0, output);
        return length + OrderChildren(body, 0, OtlpEnvelope.ItemLevel(signal), output[length..]);
    }

    private static bool IsOrdered(ReadOnlySpan<byte> message, int level, int itemLevel)
    {
        var reader = new WireReader(message);
        var previousEnd = -1;
        var start = 0;
        while (reader.TryReadTag(out var field, out var type))
        {
            if (!OtlpEnvelope.IsChild(level, field, type))
            {
                reader.Skip(field, type);
            }
            else
            {
                var child = reader.ReadBytes();
                if (previousEnd >= 0 && (previousEnd != start || IsMetric(level)))
                    return false;
                previousEnd = reader.Position;
                if (level < itemLevel && !(IsShort(reader.Position - start, child) && IsOrdered(child, level + 1, itemLevel)))
                    return false;
            }

            start = reader.Position;
        }

        return true;
    }

    private static int CopyRest(ReadOnlySpan<byte> message, int level, Span<byte> output)
    {
        var written = 0;
        var start = 0;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out var field, out var type))
        {
            reader.Skip(field, type);
            if (!OtlpEnvelope.IsChild(level, field, type))
                written += Copy(message[start..reader.Position], output[written..]);
            start = reader.Position;
        }

        return written;
    }

    private static int OrderChildren(ReadOnlySpan<byte> message, int level, int itemLevel, Span<byte> output)
    {
        if (IsMetric(level))
            return OrderData(message, output);

        var written = 0;
        var start = 0;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (!OtlpEnvelope.IsChild(level, field, type))
            {
                reader.Skip(field, type);
            }
            else
            {
                var child = reader.ReadBytes();
                if (level == itemLevel)
                {
                    written += Copy(message[start..reader.Position], output[written..]);
                }
                else
                {
                    // Written behind the longest possible header, then drawn up to the one it needs.
                    var content = output[(written + MaxHeader)..];
                    var length = CopyRest(child, level + 1, content);
                    length += OrderChildren(child, level + 1, itemLevel, content[length..]);
                    written += WriteChild((byte)WireFormat.Tag(field, type), content[..length], output[written..]);
                }
            }

            start = reader.Position;
        }

        return written;
    }

    /// <summary>
    /// Merges the data of a metric into one field. Of the oneof a parser is left with the last run of one field number, merged
    /// (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
    /// </summary>
    private static int OrderData(ReadOnlySpan<byte> metric, Span<byte> output)
    {
        const int dataLevel = 4;
        var last = 0;
        var runStart = 0;
        var start = 0;
        var reader = new WireReader(metric);
        while (reader.TryReadTag(out var field, out var type))
        {
            reader.Skip(field, type);
            if (OtlpEnvelope.IsChild(dataLevel - 1, field, type) && field != last)
            {
                last = field;
                runStart = start;
            }

            start = reader.Position;
        }

        if (last == 0)
            return 0;

        var content = output[MaxHeader..];
        var length = 0;
        foreach (var isRest in (ReadOnlySpan<bool>)[true, false])
        {
            reader = new WireReader(metric[runStart..]);
            while (reader.TryReadTag(out var field, out var type))
            {
                if (field != last || type != WireType.LengthDelimited)
                {
                    reader.Skip(field, type);
                    continue;
                }

                var data = reader.ReadBytes();
                length += isRest ? CopyRest(data, dataLevel, content[length..]) : OrderChildren(data, dataLevel, dataLevel, content[length..]);
            }
        }

        return WriteChild((byte)WireFormat.Tag(last, WireType.LengthDelimited), content[..length], output);
    }

    /// <summary>Writes tag and length at the start of <paramref name="output"/> and draws the content, which lies further on in it, up to them.</summary>
    private static int WriteChild(byte tag, ReadOnlySpan<byte> content, Span<byte> output)
    {
        output[0] = tag;
        var header = 1 + WireFormat.WriteVarint(output[1..], (uint)content.Length);
        return header + Copy(content, output[header..]);
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        bytes.CopyTo(output);
        return bytes.Length;
    }

    /// <summary>Whether a field is no longer than the tag byte, the shortest length and what it holds.</summary>
    private static bool IsShort(int fieldLength, ReadOnlySpan<byte> child) => fieldLength == OtlpEnvelope.FramedLength(child.Length);

    private static bool IsMetric(int level) => level == 3;
}
