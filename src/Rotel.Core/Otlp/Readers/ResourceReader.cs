using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.ResourceFields.Resource;

namespace Rotel.Otlp.Readers;

/// <summary>What made the telemetry: a process, a pod, a host.</summary>
internal readonly ref struct ResourceReader : IWireMessage<ResourceReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;
    private readonly FieldRange _entityRefs;

    private ResourceReader(ReadOnlySpan<byte> data)
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
                case (F.Attributes << 3) | Len:
                    reader.ReadBytes();
                    _attributes.Add(start, reader.Position);
                    break;
                case (F.DroppedAttributesCount << 3) | Varint:
                    DroppedAttributesCount = (uint)reader.ReadVarint();
                    break;
                case (F.EntityRefs << 3) | Len:
                    reader.ReadBytes();
                    _entityRefs.Add(start, reader.Position);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public uint DroppedAttributesCount { get; }

    public WireList<EntityRefReader> EntityRefs => new(_data, _entityRefs, F.EntityRefs);

    public static ResourceReader Read(ReadOnlySpan<byte> message) => new(message);
}
