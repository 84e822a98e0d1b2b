using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.NumberDataPoint;

namespace Rotel.Otlp.Readers;

/// <summary>One point of a gauge or a sum.</summary>
internal readonly ref struct NumberDataPointReader : IWireMessage<NumberDataPointReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;
    private readonly FieldRange _exemplars;

    private NumberDataPointReader(ReadOnlySpan<byte> data)
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
                case (F.StartTimeUnixNano << 3) | Fixed64:
                    StartTimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.TimeUnixNano << 3) | Fixed64:
                    TimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.Exemplars << 3) | Len:
                    reader.ReadBytes();
                    _exemplars.Add(start, reader.Position);
                    break;
                case (F.Flags << 3) | Varint:
                    Flags = (uint)reader.ReadVarint();
                    break;
                case (F.AsDouble << 3) | Fixed64:
                    Number = NumberValue.OfDouble(reader.ReadFixed64());
                    break;
                case (F.AsInt << 3) | Fixed64:
                    Number = NumberValue.OfInt(reader.ReadFixed64());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public ulong StartTimeUnixNano { get; }

    public ulong TimeUnixNano { get; }

    public WireList<ExemplarReader> Exemplars => new(_data, _exemplars, F.Exemplars);

    public uint Flags { get; }

    /// <summary>The value; the last member of the oneof wins.</summary>
    public NumberValue Number { get; }

    public static NumberDataPointReader Read(ReadOnlySpan<byte> message) => new(message);
}
