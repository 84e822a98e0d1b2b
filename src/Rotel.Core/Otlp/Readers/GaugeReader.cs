using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.Gauge;

namespace Rotel.Otlp.Readers;

/// <summary>The data of a gauge.</summary>
internal readonly ref struct GaugeReader : IWireMessage<GaugeReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _dataPoints;

    private GaugeReader(ReadOnlySpan<byte> data)
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
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    public WireList<NumberDataPointReader> DataPoints => new(_data, _dataPoints, F.DataPoints);

    public static GaugeReader Read(ReadOnlySpan<byte> message) => new(message);
}
