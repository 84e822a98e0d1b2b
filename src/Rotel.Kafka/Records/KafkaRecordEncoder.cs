using Rotel.Batching;
using Rotel.Memory;

namespace Rotel.Kafka.Records;

/// <summary>Turns batches into Kafka records. Safe for concurrent use.</summary>
internal sealed class KafkaRecordEncoder(KafkaRecordEncoding encoding, BufferPool pool)
{
    /// <summary>Makes the records of a batch, none over the limit; the batch stays the caller's.</summary>
    /// <param name="batch">In wire form.</param>
    /// <param name="headerBytes">What the headers of each of its records take: names, values, and their lengths as varints.</param>
    public EncodedRecords Encode(OtlpBatch batch, int headerBytes)
    {
        using var records = new BatchRecords(batch.Signal, pool, encoding.MaxMessageBytes, headerBytes);
        var parts = new BodyPart[batch.Payloads.Count];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = new BodyPart(batch.Payloads[i].Body, batch.Payloads[i].ItemCount);
        var own = new RecordTarget(encoding.Topics[(int)batch.Signal], Key: null);
        ProtobufRecords.Add(parts, own, records);
        return records.Take();
    }

    /// <summary>Cuts a record that was found too large in two by items; empty when it is one item. The record stays the caller's.</summary>
    public IReadOnlyList<KafkaRecord> Halve(Rotel.Otlp.OtlpSignal signal, KafkaRecord record)
    {
        using var records = new BatchRecords(signal, pool, int.MaxValue, headerBytes: 0);
        return ProtobufRecords.Halve(record, records);
    }
}
