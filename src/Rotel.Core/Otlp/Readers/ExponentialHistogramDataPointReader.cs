using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.ExponentialHistogramDataPoint;

namespace Rotel.Otlp.Readers;

/// <summary>One point of an exponential histogram.</summary>
internal readonly ref struct ExponentialHistogramDataPointReader : IWireMessage<ExponentialHistogramDataPointReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;
    private readonly ReadOnlySpan<byte> _positive;
    private readonly ReadOnlySpan<byte> _negative;
    private readonly FieldRange _exemplars;

    private ExponentialHistogramDataPointReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        var positive = default(SingularMessage);
        var negative = default(SingularMessage);
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
                case (F.Scale << 3) | Varint:
                    Scale = reader.ReadSInt32();
                    break;
                case (F.ZeroCount << 3) | Fixed64:
                    ZeroCount = reader.ReadFixed64();
                    break;
                case (F.Positive << 3) | Len:
                    positive.Add(start, reader.ReadBytes());
                    break;
                case (F.Negative << 3) | Len:
                    negative.Add(start, reader.ReadBytes());
                    break;
                case (F.Flags << 3) | Varint:
                    Flags = (uint)reader.ReadVarint();
                    break;
                case (F.Exemplars << 3) | Len:
                    reader.ReadBytes();
                    _exemplars.Add(start, reader.Position);
                    break;
                case (F.Min << 3) | Fixed64:
                    Min = reader.ReadDouble();
                    break;
                case (F.Max << 3) | Fixed64:
                    Max = reader.ReadDouble();
                    break;
                case (F.ZeroThreshold << 3) | Fixed64:
                    ZeroThreshold = reader.ReadDouble();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        HasPositive = positive.IsPresent;
        _positive = positive.Merge(data, F.Positive);
        HasNegative = negative.IsPresent;
        _negative = negative.Merge(data, F.Negative);
    }

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public ulong StartTimeUnixNano { get; }

    public ulong TimeUnixNano { get; }

    public ulong Count { get; }

    public double? Sum { get; }

    public int Scale { get; }

    public ulong ZeroCount { get; }

    public bool HasPositive { get; }

    /// <summary>Empty when absent. Scanned at each call.</summary>
    public BucketsReader Positive => BucketsReader.Read(_positive);

    public bool HasNegative { get; }

    /// <summary>Empty when absent. Scanned at each call.</summary>
    public BucketsReader Negative => BucketsReader.Read(_negative);

    public uint Flags { get; }

    public WireList<ExemplarReader> Exemplars => new(_data, _exemplars, F.Exemplars);

    public double? Min { get; }

    public double? Max { get; }

    public double ZeroThreshold { get; }

    public static ExponentialHistogramDataPointReader Read(ReadOnlySpan<byte> message) => new(message);
}
