using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.MetricFields.Buckets;

namespace Rotel.Otlp.Readers;

/// <summary>One side of an exponential histogram.</summary>
internal readonly ref struct BucketsReader : IWireMessage<BucketsReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _bucketCounts;

    private BucketsReader(ReadOnlySpan<byte> data)
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
                case (F.Offset << 3) | Varint:
                    Offset = reader.ReadSInt32();
                    break;
                case (F.BucketCounts << 3) | Len:
                case (F.BucketCounts << 3) | Varint:
                    reader.Skip(tag);
                    _bucketCounts.Add(start, reader.Position);
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>The index of the first bucket.</summary>
    public int Offset { get; }

    public ScalarList<ulong, ScalarFormats.UInt64> BucketCounts => new(_data, _bucketCounts, F.BucketCounts);

    public static BucketsReader Read(ReadOnlySpan<byte> message) => new(message);
}
