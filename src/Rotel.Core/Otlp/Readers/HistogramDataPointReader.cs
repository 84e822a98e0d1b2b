using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.HistogramDataPoint;

namespace Rotel.Otlp.Readers;

/// <summary>One point of a histogram.</summary>
internal readonly ref struct HistogramDataPointReader : IWireMessage<HistogramDataPointReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;
    private readonly FieldRange _bucketCounts;
    private readonly FieldRange _explicitBounds;
    private readonly FieldRange _exemplars;

    private HistogramDataPointReader(ReadOnlySpan<byte> data)
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
                case (F.BucketCounts << 3) | Len:
                case (F.BucketCounts << 3) | Fixed64:
                    reader.Skip(tag);
                    _bucketCounts.Add(start, reader.Position);
                    break;
                case (F.ExplicitBounds << 3) | Len:
                case (F.ExplicitBounds << 3) | Fixed64:
                    reader.Skip(tag);
                    _explicitBounds.Add(start, reader.Position);
                    break;
                case (F.Exemplars << 3) | Len:
                    reader.ReadBytes();
                    _exemplars.Add(start, reader.Position);
                    break;
                case (F.Flags << 3) | Varint:
                    Flags = (uint)reader.ReadVarint();
                    break;
                case (F.Min << 3) | Fixed64:
                    Min = reader.ReadDouble();
                    break;
                case (F.Max << 3) | Fixed64:
                    Max = reader.ReadDouble();
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

    public double? Sum { get; }

    public ScalarList<ulong, ScalarFormats.Fixed64> BucketCounts => new(_data, _bucketCounts, F.BucketCounts);

    public ScalarList<double, ScalarFormats.Double> ExplicitBounds => new(_data, _explicitBounds, F.ExplicitBounds);

    public WireList<ExemplarReader> Exemplars => new(_data, _exemplars, F.Exemplars);

    public uint Flags { get; }

    public double? Min { get; }

    public double? Max { get; }

    public static HistogramDataPointReader Read(ReadOnlySpan<byte> message) => new(message);
}
