using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.Summary;

namespace Rotel.Otlp.Readers;

/// <summary>The data of a summary.</summary>
internal readonly ref struct SummaryReader : IWireMessage<SummaryReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _dataPoints;

    private SummaryReader(ReadOnlySpan<byte> data)
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

    public WireList<SummaryDataPointReader> DataPoints => new(_data, _dataPoints, F.DataPoints);

    public static SummaryReader Read(ReadOnlySpan<byte> message) => new(message);
}
