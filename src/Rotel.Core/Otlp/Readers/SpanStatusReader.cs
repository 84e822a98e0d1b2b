using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.TraceFields.Status;

namespace Rotel.Otlp.Readers;

/// <summary>The status of a span.</summary>
internal readonly ref struct SpanStatusReader : IWireMessage<SpanStatusReader>
{
    private SpanStatusReader(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case (F.Message << 3) | Len:
                    Message = reader.ReadBytes();
                    break;
                case (F.Code << 3) | Varint:
                    Code = reader.ReadInt32();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>A StatusCode, possibly one newer than this code.</summary>
    public int Code { get; }

    public static SpanStatusReader Read(ReadOnlySpan<byte> message) => new(message);
}
