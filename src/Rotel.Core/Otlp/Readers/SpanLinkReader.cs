using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.TraceFields.Link;

namespace Rotel.Otlp.Readers;

/// <summary>One link of a span.</summary>
internal readonly ref struct SpanLinkReader : IWireMessage<SpanLinkReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;

    private SpanLinkReader(ReadOnlySpan<byte> data)
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
                case (F.TraceId << 3) | Len:
                    TraceId = reader.ReadBytes();
                    break;
                case (F.SpanId << 3) | Len:
                    SpanId = reader.ReadBytes();
                    break;
                case (F.TraceState << 3) | Len:
                    TraceState = reader.ReadBytes();
                    break;
                case (F.Attributes << 3) | Len:
                    reader.ReadBytes();
                    _attributes.Add(start, reader.Position);
                    break;
                case (F.DroppedAttributesCount << 3) | Varint:
                    DroppedAttributesCount = (uint)reader.ReadVarint();
                    break;
                case (F.Flags << 3) | Fixed32:
                    Flags = reader.ReadFixed32();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public ReadOnlySpan<byte> TraceId { get; }

    public ReadOnlySpan<byte> SpanId { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> TraceState { get; }

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public uint DroppedAttributesCount { get; }

    public uint Flags { get; }

    public static SpanLinkReader Read(ReadOnlySpan<byte> message) => new(message);
}
