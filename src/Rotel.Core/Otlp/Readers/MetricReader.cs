using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.Metric;

namespace Rotel.Otlp.Readers;

/// <summary>One metric: the last member of its data wins; the same member twice in a row merges.</summary>
internal readonly ref struct MetricReader : IWireMessage<MetricReader>
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _metadata;

    private MetricReader(ReadOnlySpan<byte> message)
    {
        _message = message;
        var data = default(SingularMessage);
        var reader = new WireReader(message);
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
                case (F.Description << 3) | Len:
                    Description = reader.ReadBytes();
                    break;
                case (F.Unit << 3) | Len:
                    Unit = reader.ReadBytes();
                    break;
                case (F.Gauge << 3) | Len:
                case (F.Sum << 3) | Len:
                case (F.Histogram << 3) | Len:
                case (F.ExponentialHistogram << 3) | Len:
                case (F.Summary << 3) | Len:
                    if (Kind != (MetricKind)(tag >> 3))
                        data.Clear();
                    Kind = (MetricKind)(tag >> 3);
                    data.Add(start, reader.ReadBytes());
                    break;
                case (F.Metadata << 3) | Len:
                    reader.ReadBytes();
                    _metadata.Add(start, reader.Position);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        _data = data.Merge(message, (int)Kind);
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Description { get; }

    /// <summary>UTF-8, a UCUM unit when the sender keeps to the conventions.</summary>
    public ReadOnlySpan<byte> Unit { get; }

    public WireList<KeyValueReader> Metadata => new(_message, _metadata, F.Metadata);

    /// <summary>Says which one of the five properties below holds the data; the others are empty.</summary>
    public MetricKind Kind { get; }

    public GaugeReader Gauge => GaugeReader.Read(Data(MetricKind.Gauge));

    public SumReader Sum => SumReader.Read(Data(MetricKind.Sum));

    public HistogramReader Histogram => HistogramReader.Read(Data(MetricKind.Histogram));

    public ExponentialHistogramReader ExponentialHistogram => ExponentialHistogramReader.Read(Data(MetricKind.ExponentialHistogram));

    public SummaryReader Summary => SummaryReader.Read(Data(MetricKind.Summary));

    public static MetricReader Read(ReadOnlySpan<byte> message) => new(message);

    private ReadOnlySpan<byte> Data(MetricKind kind) => Kind == kind ? _data : default;
}
