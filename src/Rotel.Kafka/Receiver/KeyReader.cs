using Confluent.Kafka;

namespace Rotel.Kafka.Receiver;

/// <summary>Reads keys where they are needed: for records that are sent on as they are.</summary>
internal sealed class KeyReader(bool isNeeded) : IDeserializer<byte[]?>
{
    public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
        isNull || !isNeeded ? null : data.ToArray();
}
