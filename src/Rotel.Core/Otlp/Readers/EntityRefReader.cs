using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CommonFields.EntityRef;

namespace Rotel.Otlp.Readers;

/// <summary>A reference to an entity among the attributes of a resource.</summary>
internal readonly ref struct EntityRefReader : IWireMessage<EntityRefReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _idKeys;
    private readonly FieldRange _descriptionKeys;

    private EntityRefReader(ReadOnlySpan<byte> data)
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
                case (F.SchemaUrl << 3) | Len:
                    SchemaUrl = reader.ReadBytes();
                    break;
                case (F.Type << 3) | Len:
                    Type = reader.ReadBytes();
                    break;
                case (F.IdKeys << 3) | Len:
                    reader.ReadBytes();
                    _idKeys.Add(start, reader.Position);
                    break;
                case (F.DescriptionKeys << 3) | Len:
                    reader.ReadBytes();
                    _descriptionKeys.Add(start, reader.Position);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> SchemaUrl { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Type { get; }

    public WireList<Utf8StringReader> IdKeys => new(_data, _idKeys, F.IdKeys);

    public WireList<Utf8StringReader> DescriptionKeys => new(_data, _descriptionKeys, F.DescriptionKeys);

    public static EntityRefReader Read(ReadOnlySpan<byte> message) => new(message);
}
