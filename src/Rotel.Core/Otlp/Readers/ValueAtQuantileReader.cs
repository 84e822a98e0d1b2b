using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.ValueAtQuantile;

namespace Rotel.Otlp.Readers;

/// <summary>One quantile of a summary point.</summary>
internal readonly ref struct ValueAtQuantileReader : IWireMessage<ValueAtQuantileReader>
{
    private ValueAtQuantileReader(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case (F.Quantile << 3) | Fixed64:
                    Quantile = reader.ReadDouble();
                    break;
                case (F.Value << 3) | Fixed64:
                    Value = reader.ReadDouble();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>Between 0 and 1.</summary>
    public double Quantile { get; }

    public double Value { get; }

    public static ValueAtQuantileReader Read(ReadOnlySpan<byte> message) => new(message);
}
