using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.TraceFields.Event;

namespace Rotel.Otlp.Readers;

/// <summary>One event of a span.</summary>
internal readonly ref struct SpanEventReader : IWireMessage<SpanEventReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;

    private SpanEventReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        var reader = new WireReader(data);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;

            switch (tag)
            {
                case (F.TimeUnixNano << 3) | Fixed64:
                    TimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.Name << 3) | Len:
                    Name = reader.ReadBytes();
                    break;
                case (F.Attributes << 3) | Len:
                    reader.ReadBytes();
                    _attributes.Add(start, reader.Position);
                    break;
                case (F.DroppedAttributesCount << 3) | Varint:
                    DroppedAttributesCount = (uint)reader.ReadVarint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public ulong TimeUnixNano { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public uint DroppedAttributesCount { get; }

    public static SpanEventReader Read(ReadOnlySpan<byte> message) => new(message);
}
