using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CommonFields.KeyValueList;

namespace Rotel.Otlp.Readers;

/// <summary>The pairs of a key-value list.</summary>
internal readonly ref struct KeyValueListReader : IWireMessage<KeyValueListReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _values;

    private KeyValueListReader(ReadOnlySpan<byte> data)
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
                case (F.Values << 3) | Len:
                    reader.ReadBytes();
                    _values.Add(start, reader.Position);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public WireList<KeyValueReader> Values => new(_data, _values, F.Values);

    public static KeyValueListReader Read(ReadOnlySpan<byte> message) => new(message);
}
