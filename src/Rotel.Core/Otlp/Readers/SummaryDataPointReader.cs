using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.SummaryDataPoint;

namespace Rotel.Otlp.Readers;

/// <summary>One point of a summary.</summary>
internal readonly ref struct SummaryDataPointReader : IWireMessage<SummaryDataPointReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;
    private readonly FieldRange _quantileValues;

    private SummaryDataPointReader(ReadOnlySpan<byte> data)
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
                case (F.Count << 3) | Fixed64:
                    Count = reader.ReadFixed64();
                    break;
                case (F.Sum << 3) | Fixed64:
                    Sum = reader.ReadDouble();
                    break;
                case (F.QuantileValues << 3) | Len:
                    reader.ReadBytes();
                    _quantileValues.Add(start, reader.Position);
                    break;
                case (F.Flags << 3) | Varint:
                    Flags = (uint)reader.ReadVarint();
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

    public ulong Count { get; }

    public double Sum { get; }

    public WireList<ValueAtQuantileReader> QuantileValues => new(_data, _quantileValues, F.QuantileValues);

    public uint Flags { get; }

    public static SummaryDataPointReader Read(ReadOnlySpan<byte> message) => new(message);
}
