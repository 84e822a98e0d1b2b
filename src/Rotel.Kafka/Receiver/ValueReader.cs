using Confluent.Kafka;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Pipelines;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// Takes values straight from the client library's memory into a pooled buffer: protobuf as it is, JSON turned into wire form. It may pass
/// the budget, for records are asked for only while that has room. Never throws.
/// </summary>
internal sealed class ValueReader : IDeserializer<ReceivedValue>, IDisposable
{
    /// <summary>What an array may hold, with some to spare for the block that is rented.</summary>
    private static readonly int MaxLength = Array.MaxLength - (64 * 1024);

    private readonly Intake _intake;
    private readonly TopicSignals _topics;
    private readonly KafkaFormat _format;
    private readonly PooledBytes? _original;
    private bool _originalIsNull;

    /// <param name="intake">Where buffers come from.</param>
    /// <param name="topics">What each topic holds.</param>
    /// <param name="format">How values are written.</param>
    /// <param name="keepsOriginal">Whether <see cref="CopyOriginal"/> will be asked for.</param>
    public ValueReader(Intake intake, TopicSignals topics, KafkaFormat format, bool keepsOriginal)
    {
        _intake = intake;
        _topics = topics;
        _format = format;
        _original = keepsOriginal ? new PooledBytes(intake.Pool) : null;
    }

    /// <summary>The value of the record that was read last, as it was.</summary>
    public byte[]? CopyOriginal() => _originalIsNull ? null : _original!.Span.ToArray();

    public ReceivedValue Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        try
        {
            Keep(data, isNull);
            if (_topics.Find(context.Topic) is not { } signal)
            {
                return ReceivedValue.Refused(
                    OtlpSignal.Traces, RefusalReason.Unsupported, "no topic or pattern of the settings names its topic");
            }

            if (isNull)
                return ReceivedValue.Refused(signal, RefusalReason.Malformed, "it has no value");
            if (data.IsEmpty)
                return new ReceivedValue { Signal = signal };
            return _format == KafkaFormat.Json ? ReadJson(signal, data) : Copy(signal, data);
        }
        catch (Exception exception)
        {
            // The client library would take it for a bad record, and pass by.
            return new ReceivedValue { Defect = exception };
        }
    }

    public void Dispose() => _original?.Dispose();

    private void Keep(ReadOnlySpan<byte> data, bool isNull)
    {
        if (_original is null)
            return;
        _original.Clear();
        _original.Write(data);
        _originalIsNull = isNull;
    }

    private ReceivedValue Copy(OtlpSignal signal, ReadOnlySpan<byte> data)
    {
        var buffer = _intake.Pool.RentOverdraft(data.Length);
        data.CopyTo(buffer.Span);
        return new ReceivedValue { Signal = signal, Buffer = buffer, Length = data.Length };
    }

    private ReceivedValue ReadJson(OtlpSignal signal, ReadOnlySpan<byte> data)
    {
        PooledBuffer? room = null;
        while (true)
        {
            var reading = OtlpJsonReader.Read(signal, data, _intake.Pool, MaxLength, _intake.Limits, room);
            if (reading.Buffer is { } wire)
                return new ReceivedValue { Signal = signal, Buffer = wire, Length = reading.Length };
            if (reading.Fault != OtlpJsonFault.NoRoom)
                return ReceivedValue.Refused(signal, reading.Reason, reading.Describe());
            room = _intake.Pool.RentOverdraft(reading.RoomNeeded);
        }
    }
}
