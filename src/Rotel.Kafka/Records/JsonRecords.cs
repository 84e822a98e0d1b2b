using System.Collections.Concurrent;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Otlp.Wire;

namespace Rotel.Kafka.Records;

/// <summary>
/// Makes records whose values are OTLP/JSON. How long a text becomes is only known when it is written: bodies are cut where the texts so
/// far let expect that they fit, and in half again where one does not. Safe for concurrent use.
/// </summary>
internal sealed class JsonRecords : IDisposable
{
    /// <summary>Room left for a text that comes out longer than expected.</summary>
    private const double Caution = 1.05;

    /// <summary>How much earlier texts count with each new one, so that the expectation follows what is sent now.</summary>
    private const double Fading = 0.9;

    private readonly ConcurrentBag<OtlpJsonWriter> _idle = [];
    private readonly Growth[] _growth = new Growth[OtlpSignals.Count];

    public JsonRecords()
    {
        for (var i = 0; i < _growth.Length; i++)
            _growth[i] = new Growth();
    }

    /// <summary>
    /// Joins parts, in order, into values of about <see cref="KafkaRecordSize.JoinedValueBytes"/>; a longer part is a value by itself, and
    /// one whose text would be over the limit is cut between items.
    /// </summary>
    public void Add(ReadOnlySpan<BodyPart> parts, RecordTarget target, BatchRecords records)
    {
        var first = 0;
        var joined = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var maxBytes = MaxBodyBytes(target, records);
            var maxJoined = Math.Min(maxBytes, BodyBytes(KafkaRecordSize.JoinedValueBytes, records));
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
            Cut(parts[i], maxItems: int.MaxValue, target, records);
            first = i + 1;
            joined = 0;
        }

        Join(parts[first..], joined, target, records);
    }

    /// <summary>Makes one record of a part that must not be cut, or none.</summary>
    public void AddWhole(BodyPart part, RecordTarget target, BatchRecords records)
    {
        if (!TryWrite(part, target, records, out var isReadable))
            CountLost(part.ItemCount, isReadable, records);
    }

    /// <summary>Cuts a value in two by items; empty when it has only one, or cannot be read.</summary>
    public IReadOnlyList<KafkaRecord> Halve(KafkaRecord record, BatchRecords records)
    {
        if (Read(record, records) is not { Buffer: { } buffer } reading)
            return [];
        using (buffer)
        {
            var part = new BodyPart(buffer.Memory[..reading.Length], record.ItemCount);
            Cut(part, maxItems: (record.ItemCount + 1) / 2, new RecordTarget(record.Topic, record.Key), records);
        }

        return records.Take().Records;
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var writer))
            writer.Dispose();
    }

    private static OtlpJsonReading Read(KafkaRecord record, BatchRecords records)
    {
        // Lists of short numbers can be longer than their text.
        var maxLength = (int)Math.Min(Array.MaxLength / 2, 8L * record.Value.Length);
        PooledBuffer? room = null;
        while (true)
        {
            var reading = OtlpJsonReader.Read(records.Signal, record.Value, records.Pool, maxLength, OtlpLimits.Untrusted, room);
            if (reading.Fault != OtlpJsonFault.NoRoom)
                return reading;
            room = records.Pool.RentOverdraft(reading.RoomNeeded);
        }
    }

    /// <summary>How long a body may be so that its text is expected to be within the limit.</summary>
    private int MaxBodyBytes(RecordTarget target, BatchRecords records) => BodyBytes(Math.Max(0, records.MaxValueBytes(target)), records);

    private int BodyBytes(int textBytes, BatchRecords records) => (int)(textBytes / (Caution * _growth[(int)records.Signal].Factor));

    private void Join(ReadOnlySpan<BodyPart> parts, int length, RecordTarget target, BatchRecords records)
    {
        if (parts.Length == 0)
            return;
        if (parts.Length == 1)
        {
            Write(parts[0], target, records);
            return;
        }

        using var buffer = records.Pool.RentOverdraft(length);
        var written = 0;
        var items = 0;
        foreach (var part in parts)
        {
            part.Bytes.Span.CopyTo(buffer.Span[written..]);
            written += part.Bytes.Length;
            items += part.ItemCount;
        }

        Write(new BodyPart(buffer.Memory[..length], items), target, records);
    }

    /// <summary>Makes a record of a body or, where its text is too long or an item is not protobuf, of its halves.</summary>
    private void Write(BodyPart part, RecordTarget target, BatchRecords records)
    {
        if (part.ItemCount == 0 || TryWrite(part, target, records, out var isReadable))
            return;
        if (part.ItemCount == 1)
            CountLost(1, isReadable, records);
        else
            Cut(part, maxItems: (part.ItemCount + 1) / 2, target, records);
    }

    private void Cut(BodyPart part, int maxItems, RecordTarget target, BatchRecords records)
    {
        var left = part.ItemCount;
        try
        {
            using var splitter = new OtlpSplitter(records.Signal, part.Bytes);
            while (splitter.MoveNext(maxItems, MaxBodyBytes(target, records)))
            {
                left -= splitter.PieceItems;
                if (!records.TryPutTogether(splitter.PieceBytes, splitter.PieceItems))
                    continue;
                using var buffer = records.Pool.RentOverdraft(splitter.PieceBytes);
                splitter.Write(buffer.Span);
                Write(new BodyPart(buffer.Memory[..splitter.PieceBytes], splitter.PieceItems), target, records);
            }
        }
        catch (WireFormatException)
        {
            records.CountUnreadable(left);
        }
    }

    private bool TryWrite(BodyPart part, RecordTarget target, BatchRecords records, out bool isReadable)
    {
        isReadable = true;
        using var text = new PooledSegments(records.Pool);
        if (!_idle.TryTake(out var writer))
            writer = new OtlpJsonWriter();
        try
        {
            writer.Write(records.Signal, part.Bytes.Span, text);
        }
        catch (WireFormatException)
        {
            isReadable = false;
            return false;
        }
        finally
        {
            _idle.Add(writer);
        }

        _growth[(int)records.Signal].Note(part.Bytes.Length, text.Length);
        if (text.Length > records.MaxValueBytes(target))
            return false;
        if (records.TryAllocate((int)text.Length, part.ItemCount) is { } value)
        {
            text.CopyTo(value);
            records.Add(target, value, part.ItemCount);
        }

        return true;
    }

    private static void CountLost(int items, bool isReadable, BatchRecords records)
    {
        if (isReadable)
            records.CountOversized(items);
        else
            records.CountUnreadable(items);
    }

    /// <summary>How many bytes of JSON a byte of protobuf has become lately.</summary>
    private sealed class Growth
    {
        // What the standard load shows, counted as a body of 64 KB.
        private const double FirstGuess = 2;
        private const double FirstWeight = 64 * 1024;

        private readonly Lock _noting = new();
        private double _wireBytes = FirstWeight;
        private double _textBytes = FirstWeight * FirstGuess;
        private double _factor = FirstGuess;

        public double Factor => Volatile.Read(ref _factor);

        public void Note(int wireBytes, long textBytes)
        {
            lock (_noting)
            {
                _wireBytes = (_wireBytes * Fading) + wireBytes;
                _textBytes = (_textBytes * Fading) + textBytes;
                Volatile.Write(ref _factor, _textBytes / _wireBytes);
            }
        }
    }
}
