using Google.Protobuf;
using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;

namespace Rotel.Kafka.Records;

/// <summary>An encoder with a budget of its own that must be whole again in the end, and what its records hold.</summary>
internal sealed class RecordTrial : IDisposable
{
    public const string TopicAttribute = "kafka.topic";
    private readonly List<KafkaRecord> _records = [];

    public RecordTrial(KafkaRecordEncoding encoding, long budget = 256 * 1024 * 1024)
    {
        Pool = new BufferPool(new ByteBudget(budget));
        Encoder = new KafkaRecordEncoder(encoding, Pool, TimeProvider.System);
    }

    public BufferPool Pool { get; }

    public KafkaRecordEncoder Encoder { get; }

    public static KafkaRecordEncoding Encoding { get; } = new()
    {
        MaxMessageBytes = 1_000_000,
        Topics = ["spans", "points", "logs", "profiles"],
    };

    /// <summary>A batch of bodies as they come from the network or, when they are only looked at from outside, from our own process.</summary>
    public OtlpBatch Batch(OtlpSignal signal, IEnumerable<byte[]> bodies, OtlpLimits? limits = null)
    {
        var batch = new OtlpBatch(signal);
        foreach (var body in bodies)
        {
            var validation = OtlpValidator.Validate(signal, body, limits ?? OtlpLimits.Untrusted);
            Assert.True(validation.IsValid, validation.Describe());
            var buffer = Pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            batch.Add(new OtlpPayload(signal, buffer, body.Length, validation.ItemCount)
            {
                TravelsAlone = validation.HasUnknownTopLevelField || !signal.IsMergeable(),
            });
        }

        return batch;
    }

    public EncodedRecords Encode(OtlpSignal signal, IEnumerable<byte[]> bodies, int headerBytes = 0, OtlpLimits? limits = null)
    {
        using var batch = Batch(signal, bodies, limits);
        return Keep(Encoder.Encode(batch, headerBytes));
    }

    public EncodedRecords Encode(OtlpSignal signal, params IMessage[] requests) =>
        Encode(signal, requests.Select(request => request.ToByteArray()));

    public IReadOnlyList<KafkaRecord> Halve(OtlpSignal signal, KafkaRecord record)
    {
        var halves = Encoder.Halve(signal, record);
        _records.AddRange(halves);
        return halves;
    }

    /// <summary>The records are disposed with this.</summary>
    public EncodedRecords Keep(EncodedRecords encoded)
    {
        _records.AddRange(encoded.Records);
        return encoded;
    }

    /// <summary>A JSON value as protobuf.</summary>
    public byte[] FromJson(OtlpSignal signal, ReadOnlySpan<byte> text)
    {
        var reading = OtlpJsonReader.Read(signal, text, Pool, int.MaxValue / 2, OtlpLimits.Untrusted);
        Assert.True(reading.IsRead, reading.Describe());
        using var buffer = reading.Buffer;
        return buffer!.Span[..reading.Length].ToArray();
    }

    public byte[] ToJson(OtlpSignal signal, ReadOnlySpan<byte> body)
    {
        using var writer = new OtlpJsonWriter();
        using var text = new PooledSegments(Pool);
        writer.Write(signal, body, text);
        var joined = new byte[text.Length];
        text.CopyTo(joined);
        return joined;
    }

    public void Dispose()
    {
        foreach (var record in _records)
            record.Dispose();
        Encoder.Dispose();
        Assert.Equal(0, Pool.Budget.Reserved);
    }
}
