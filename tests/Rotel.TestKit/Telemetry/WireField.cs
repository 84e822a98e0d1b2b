using Google.Protobuf.Reflection;

namespace Rotel.TestKit.Telemetry;

/// <summary>One field as it stands in an encoded message: a node of the tree that <see cref="WireTree"/> reads and writes.</summary>
internal sealed class WireField
{
    public required int Number { get; init; }

    /// <summary>The wire type; 3 is a group whose content is in <see cref="Children"/>.</summary>
    public required int Type { get; init; }

    /// <summary>What the message says of the field; null where it does not know it.</summary>
    public FieldDescriptor? Descriptor { get; init; }

    /// <summary>The value of a varint or fixed field.</summary>
    public ulong Scalar { get; init; }

    /// <summary>The content of a length-delimited field that is no message.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>The fields of a message or group; null for every other field.</summary>
    public List<WireField>? Children { get; set; }

    /// <summary>The message type of <see cref="Children"/>.</summary>
    public MessageDescriptor? Message => Descriptor is { FieldType: FieldType.Message } known ? known.MessageType : null;
}
