using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.Exemplar;

namespace Rotel.Otlp.Readers;

/// <summary>One measurement kept as an example for a point.</summary>
internal readonly ref struct ExemplarReader : IWireMessage<ExemplarReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _filteredAttributes;

    private ExemplarReader(ReadOnlySpan<byte> data)
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
                case (F.FilteredAttributes << 3) | Len:
                    reader.ReadBytes();
                    _filteredAttributes.Add(start, reader.Position);
                    break;
                case (F.TimeUnixNano << 3) | Fixed64:
                    TimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.SpanId << 3) | Len:
                    SpanId = reader.ReadBytes();
                    break;
                case (F.TraceId << 3) | Len:
                    TraceId = reader.ReadBytes();
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

    public WireList<KeyValueReader> FilteredAttributes => new(_data, _filteredAttributes, F.FilteredAttributes);

    public ulong TimeUnixNano { get; }

    public ReadOnlySpan<byte> SpanId { get; }

    public ReadOnlySpan<byte> TraceId { get; }

    /// <summary>The value; the last member of the oneof wins.</summary>
    public NumberValue Number { get; }

    public static ExemplarReader Read(ReadOnlySpan<byte> message) => new(message);
}
