using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Wire;

namespace Rotel.Kafka.Records;

/// <summary>
/// Turns batches of traces, metrics and logs into Kafka records: dealt out by topic and key where that is asked for, joined up to the limit
/// and cut between items above it. Safe for concurrent use.
/// </summary>
internal sealed class KafkaRecordEncoder : IDisposable
{
    private readonly KafkaRecordEncoding _encoding;
    private readonly BufferPool _pool;
    private readonly JsonRecords? _json;
    private readonly ResourceTopics? _topics;
    private readonly ConcurrentBag<ResourceGroups> _idleResources = [];
    private readonly ConcurrentBag<OtlpTraceGroups> _idleTraces = [];

    /// <param name="encoding">How batches become records.</param>
    /// <param name="pool">Where bodies are put together on the way; its budget is charged for the records.</param>
    /// <param name="time">The clock by which names of topics are taken that turn out to be none.</param>
    public KafkaRecordEncoder(KafkaRecordEncoding encoding, BufferPool pool, TimeProvider time)
    {
        _encoding = encoding;
        _pool = pool;
        _json = encoding.Format == KafkaFormat.Json ? new JsonRecords() : null;
        _topics = encoding.TopicFromAttribute is { } attribute ? new ResourceTopics(attribute, time) : null;
    }

    /// <summary>Makes the records of a batch, none over the limit; the batch stays the caller's.</summary>
    /// <param name="batch">In wire form.</param>
    /// <param name="headerBytes">What the headers of each of its records take: names, values, and their lengths as varints.</param>
    public EncodedRecords Encode(OtlpBatch batch, int headerBytes)
    {
        using var records = new BatchRecords(batch.Signal, _pool, batch.WireLength, _encoding.MaxMessageBytes, headerBytes);
        var ownTopic = _encoding.Topics[(int)batch.Signal];
        var byAttributes = _encoding.PartitionedByResource.Contains(batch.Signal);
        if (batch.TravelsAlone)
            AddWhole(batch, ownTopic, records);
        else if (_topics is not null || byAttributes)
            AddResources(batch, ownTopic, byAttributes, records);
        else
            AddParts(PartsOf(batch), new RecordTarget(ownTopic, Key: null), records);
        return records.Take();
    }

    /// <summary>Cuts a record that was found too large in two by items; empty when it is one item. The record stays the caller's.</summary>
    public IReadOnlyList<KafkaRecord> Halve(OtlpSignal signal, KafkaRecord record)
    {
        if (record.ItemCount <= 1 || !signal.IsMergeable())
            return [];
        using var records = new BatchRecords(signal, _pool, record.Value.Length, int.MaxValue, headerBytes: 0);
        return _json is null ? ProtobufRecords.Halve(record, records) : _json.Halve(record, records);
    }

    /// <summary>Brokers do not take records for a topic that a resource named.</summary>
    public void NoteMissing(string topic) => _topics?.NoteMissing(topic);

    public void Dispose()
    {
        _json?.Dispose();
        while (_idleTraces.TryTake(out var traces))
            traces.Dispose();
    }

    private static BodyPart[] PartsOf(OtlpBatch batch)
    {
        var parts = new BodyPart[batch.Payloads.Count];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = new BodyPart(batch.Payloads[i].Body, batch.Payloads[i].ItemCount);
        return parts;
    }

    /// <summary>What may be neither merged nor split is one record of its signal's topic, whatever is in it.</summary>
    private void AddWhole(OtlpBatch batch, string topic, BatchRecords records)
    {
        var target = new RecordTarget(topic, Key: null);
        foreach (var part in PartsOf(batch))
        {
            if (_json is not null)
                _json.AddWhole(part, target, records);
            else if (part.Bytes.Length > records.MaxValueBytes(target))
                records.CountOversized(part.ItemCount);
            else
                ProtobufRecords.Add([part], target, records);
        }
    }

    private void AddResources(OtlpBatch batch, string ownTopic, bool byAttributes, BatchRecords records)
    {
        if (!_idleResources.TryTake(out var groups))
            groups = new ResourceGroups(_topics);
        try
        {
            foreach (var payload in batch.Payloads)
                groups.Add(payload, ownTopic, byAttributes, records);
            for (var i = 0; i < groups.Count; i++)
                AddParts(CollectionsMarshal.AsSpan(groups[i].Parts), groups[i].Target, records);
        }
        finally
        {
            groups.Clear();
            _idleResources.Add(groups);
        }
    }

    private void AddParts(ReadOnlySpan<BodyPart> parts, RecordTarget target, BatchRecords records)
    {
        if (records.Signal == OtlpSignal.Traces && _encoding.PartitionsTracesById)
            AddTraces(parts, target.Topic, records);
        else
            AddRecords(parts, target, records);
    }

    private void AddTraces(ReadOnlySpan<BodyPart> parts, string topic, BatchRecords records)
    {
        if (!_idleTraces.TryTake(out var groups))
            groups = new OtlpTraceGroups();
        try
        {
            foreach (var part in parts)
                AddSpans(groups, part, records);
            for (var i = 0; i < groups.Count; i++)
                AddTrace(groups, i, topic, records);
        }
        finally
        {
            groups.Clear();
            _idleTraces.Add(groups);
        }
    }

    private static void AddSpans(OtlpTraceGroups groups, BodyPart part, BatchRecords records)
    {
        try
        {
            groups.Add(part.Bytes);
        }
        catch (WireFormatException)
        {
            // Bodies from our own process are only looked at from outside; what such a one holds comes to light here.
            records.CountUnreadable(part.ItemCount);
        }
    }

    private void AddTrace(OtlpTraceGroups groups, int group, string topic, BatchRecords records)
    {
        var traceId = groups.TraceId(group);
        var target = new RecordTarget(topic, traceId == UInt128.Zero ? null : RecordKey.Of(traceId));
        var length = groups.Measure(group);
        var items = groups.ItemCount(group);
        if (_json is null && length <= records.MaxValueBytes(target))
        {
            if (records.TryAllocate(length, items) is not { } value)
                return;
            groups.Write(group, value);
            records.Add(target, value, items);
            return;
        }

        if (!records.TryPutTogether(length, items))
            return;
        using var buffer = _pool.RentOverdraft(length);
        groups.Write(group, buffer.Span[..length]);
        AddRecords([new BodyPart(buffer.Memory[..length], items)], target, records);
    }

    private void AddRecords(ReadOnlySpan<BodyPart> parts, RecordTarget target, BatchRecords records)
    {
        if (_json is null)
            ProtobufRecords.Add(parts, target, records);
        else
            _json.Add(parts, target, records);
    }
}
