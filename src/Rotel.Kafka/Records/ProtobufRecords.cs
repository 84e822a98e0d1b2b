using Rotel.Otlp;
using Rotel.Otlp.Wire;

namespace Rotel.Kafka.Records;

/// <summary>Makes records whose values are bodies in wire form.</summary>
internal static class ProtobufRecords
{
    /// <summary>
    /// Joins parts, in order, into values of up to <see cref="KafkaRecordSize.JoinedValueBytes"/>: one array and one copy for each value. A
    /// longer part is a value by itself, and one over the limit is cut between items.
    /// </summary>
    public static void Add(ReadOnlySpan<BodyPart> parts, RecordTarget target, BatchRecords records)
    {
        var maxBytes = records.MaxValueBytes(target);
        var maxJoined = Math.Min(maxBytes, KafkaRecordSize.JoinedValueBytes);
        var first = 0;
        var joined = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var length = parts[i].Bytes.Length;
            if (length <= maxJoined - joined)
            {
                joined += length;
                continue;
            }

            Join(parts[first..i], joined, target, records);
            first = i;
            joined = length;
            if (length <= maxBytes)
                continue;
            Cut(parts[i], maxBytes, target, records);
            first = i + 1;
            joined = 0;
        }

        Join(parts[first..], joined, target, records);
    }

    /// <summary>Cuts a value in two by items; empty when it has only one, or cannot be cut.</summary>
    public static IReadOnlyList<KafkaRecord> Halve(KafkaRecord record, BatchRecords records)
    {
        // What may not be merged may not be cut either.
        var validation = OtlpValidator.Validate(records.Signal, record.Value, OtlpLimits.InProcess);
        if (!validation.IsValid || validation.HasUnknownTopLevelField)
            return [];

        var target = new RecordTarget(record.Topic, record.Key);
        using var splitter = new OtlpSplitter(records.Signal, record.Value);
        for (var maxItems = (record.ItemCount + 1) / 2; splitter.MoveNext(maxItems); maxItems = int.MaxValue)
            AddPiece(splitter, target, records);
        return records.Take().Records;
    }

    private static void Join(ReadOnlySpan<BodyPart> parts, int length, RecordTarget target, BatchRecords records)
    {
        var items = 0;
        foreach (var part in parts)
            items += part.ItemCount;
        if (items == 0 || records.TryAllocate(length, items) is not { } value)
            return;

        var written = 0;
        foreach (var part in parts)
        {
            part.Bytes.Span.CopyTo(value.AsSpan(written));
            written += part.Bytes.Length;
        }

        records.Add(target, value, items);
    }

    private static void Cut(BodyPart part, int maxBytes, RecordTarget target, BatchRecords records)
    {
        var left = part.ItemCount;
        try
        {
            using var splitter = new OtlpSplitter(records.Signal, part.Bytes);
            while (splitter.MoveNext(maxBytes: maxBytes))
            {
                left -= splitter.PieceItems;
                if (splitter.PieceBytes > maxBytes)
                    records.CountOversized(splitter.PieceItems);
                else
                    AddPiece(splitter, target, records);
            }
        }
        catch (WireFormatException)
        {
            records.CountUnreadable(left);
        }
    }

    private static void AddPiece(OtlpSplitter splitter, RecordTarget target, BatchRecords records)
    {
        if (records.TryAllocate(splitter.PieceBytes, splitter.PieceItems) is not { } value)
            return;
        splitter.Write(value);
        records.Add(target, value, splitter.PieceItems);
    }
}
