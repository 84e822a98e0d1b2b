using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CommonFields.InstrumentationScope;

namespace Rotel.Otlp.Readers;

/// <summary>The library that made the items of a scope.</summary>
internal readonly ref struct InstrumentationScopeReader : IWireMessage<InstrumentationScopeReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;

    private InstrumentationScopeReader(ReadOnlySpan<byte> data)
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
                case (F.Name << 3) | Len:
                    Name = reader.ReadBytes();
                    break;
                case (F.Version << 3) | Len:
                    Version = reader.ReadBytes();
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

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Version { get; }

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public uint DroppedAttributesCount { get; }

    public static InstrumentationScopeReader Read(ReadOnlySpan<byte> message) => new(message);
}
