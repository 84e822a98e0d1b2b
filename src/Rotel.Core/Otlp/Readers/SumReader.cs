using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.Sum;

namespace Rotel.Otlp.Readers;

/// <summary>The data of a sum.</summary>
internal readonly ref struct SumReader : IWireMessage<SumReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _dataPoints;

    private SumReader(ReadOnlySpan<byte> data)
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
                case (F.DataPoints << 3) | Len:
                    reader.ReadBytes();
                    _dataPoints.Add(start, reader.Position);
                    break;
                case (F.AggregationTemporality << 3) | Varint:
                    AggregationTemporality = reader.ReadInt32();
                    break;
                case (F.IsMonotonic << 3) | Varint:
                    IsMonotonic = reader.ReadBool();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public WireList<NumberDataPointReader> DataPoints => new(_data, _dataPoints, F.DataPoints);

    /// <summary>An AggregationTemporality, possibly one newer than this code.</summary>
    public int AggregationTemporality { get; }

    public bool IsMonotonic { get; }

    public static SumReader Read(ReadOnlySpan<byte> message) => new(message);
}
