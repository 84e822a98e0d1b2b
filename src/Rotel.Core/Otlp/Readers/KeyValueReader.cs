using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CommonFields.KeyValue;

namespace Rotel.Otlp.Readers;

/// <summary>One attribute.</summary>
internal readonly ref struct KeyValueReader : IWireMessage<KeyValueReader>
{
    private readonly ReadOnlySpan<byte> _value;

    private KeyValueReader(ReadOnlySpan<byte> data)
    {
        // As encoders write nearly all: the key, then the value, each with a length of one byte, and nothing else.
        if (data.Length > 1 && data[0] == ((F.Key << 3) | Len) && data[1] < 0x80 && data.Length >= data[1] + 4)
        {
            var rest = data[(data[1] + 2)..];
            if (rest[0] == ((F.Value << 3) | Len) && rest[1] < 0x80 && rest[1] == rest.Length - 2)
            {
                Key = data.Slice(2, data[1]);
                HasValue = true;
                _value = rest[2..];
                return;
            }
        }

        var value = default(SingularMessage);
        var reader = new WireReader(data);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;

            switch (tag)
            {
                case (F.Key << 3) | Len:
                    Key = reader.ReadBytes();
                    break;
                case (F.KeyStrindex << 3) | Varint:
                    KeyIndex = reader.ReadInt32();
                    break;
                case (F.Value << 3) | Len:
                    value.Add(start, reader.ReadBytes());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        HasValue = value.IsPresent;
        _value = value.Merge(data, F.Value);
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>An index into the string table of profiles; it has no meaning in the other signals.</summary>
    public int KeyIndex { get; }

    public bool HasValue { get; }

    /// <summary>Empty when absent. Scanned at each call.</summary>
    public AnyValueReader Value => AnyValueReader.Read(_value);

    public static KeyValueReader Read(ReadOnlySpan<byte> message) => new(message);
}
