using Rotel.Memory;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>
/// Cuts protobuf between records, which lie within messages within messages. What is beside them is repeated in both halves; of what is
/// nested, the outermost message of which there are several is cut between, so that traces stay whole where they can.
/// </summary>
internal static class ProtobufRecords
{
    /// <summary>Writes both halves of a message; null when there is only one record.</summary>
    /// <param name="message">What is cut.</param>
    /// <param name="path">The field numbers that lead to a record, the last of which is a record's own.</param>
    /// <param name="first">Gets the first half.</param>
    /// <param name="second">Gets the second half.</param>
    /// <param name="pool">For what is written in between.</param>
    public static RecordCut? Cut(
        ReadOnlySpan<byte> message, ReadOnlySpan<int> path, PooledBytes first, PooledBytes second, BufferPool pool)
    {
        var count = Children(message, path[0]);
        if (count > 1)
            return CutBetween(message, path, count / 2, first, second);
        return count == 0 || path.Length == 1 ? null : CutWithin(message, path, first, second, pool);
    }

    private static RecordCut CutBetween(
        ReadOnlySpan<byte> message, ReadOnlySpan<int> path, int inFirst, PooledBytes first, PooledBytes second)
    {
        var child = WireFormat.Tag(path[0], WireType.LengthDelimited);
        var (index, recordsOfFirst, recordsOfSecond) = (0, 0, 0);
        var reader = new WireReader(message);
        for (var start = 0; reader.TryReadTag(out uint tag); start = reader.Position)
        {
            if (tag != child)
            {
                reader.Skip(tag);
                first.Write(message[start..reader.Position]);
                second.Write(message[start..reader.Position]);
                continue;
            }

            var records = Records(reader.ReadBytes(), path[1..]);
            if (index++ < inFirst)
            {
                recordsOfFirst += records;
                first.Write(message[start..reader.Position]);
            }
            else
            {
                recordsOfSecond += records;
                second.Write(message[start..reader.Position]);
            }
        }

        return new RecordCut(recordsOfFirst, recordsOfSecond);
    }

    private static RecordCut? CutWithin(
        ReadOnlySpan<byte> message, ReadOnlySpan<int> path, PooledBytes first, PooledBytes second, BufferPool pool)
    {
        var child = WireFormat.Tag(path[0], WireType.LengthDelimited);
        RecordCut? cut = null;
        var reader = new WireReader(message);
        for (var start = 0; reader.TryReadTag(out uint tag); start = reader.Position)
        {
            if (tag == child)
            {
                using var firstChild = new PooledBytes(pool);
                using var secondChild = new PooledBytes(pool);
                if ((cut = Cut(reader.ReadBytes(), path[1..], firstChild, secondChild, pool)) is null)
                    return null;
                Write(first, tag, firstChild);
                Write(second, tag, secondChild);
                continue;
            }

            reader.Skip(tag);
            first.Write(message[start..reader.Position]);
            second.Write(message[start..reader.Position]);
        }

        return cut;
    }

    private static void Write(PooledBytes destination, uint tag, PooledBytes message)
    {
        destination.WriteVarint(tag);
        destination.WriteString(message.Span);
    }

    private static int Children(ReadOnlySpan<byte> message, int field)
    {
        var child = WireFormat.Tag(field, WireType.LengthDelimited);
        var count = 0;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out uint tag))
        {
            count += tag == child ? 1 : 0;
            reader.Skip(tag);
        }

        return count;
    }

    /// <summary>The records in a message; without a path it is one itself.</summary>
    private static int Records(ReadOnlySpan<byte> message, ReadOnlySpan<int> path)
    {
        if (path.IsEmpty)
            return 1;
        if (path.Length == 1)
            return Children(message, path[0]);
        var child = WireFormat.Tag(path[0], WireType.LengthDelimited);
        var count = 0;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == child)
                count += Records(reader.ReadBytes(), path[1..]);
            else
                reader.Skip(tag);
        }

        return count;
    }
}
