using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.TraceFields.Span;

namespace Rotel.Otlp.Readers;

/// <summary>One span.</summary>
internal readonly ref struct SpanReader : IWireMessage<SpanReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly FieldRange _attributes;
    private readonly FieldRange _events;
    private readonly FieldRange _links;
    private readonly ReadOnlySpan<byte> _status;

    private SpanReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        var status = default(SingularMessage);
        var reader = new WireReader(data);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;

            switch (tag)
            {
                case (F.TraceId << 3) | Len:
                    TraceId = reader.ReadBytes();
                    break;
                case (F.SpanId << 3) | Len:
                    SpanId = reader.ReadBytes();
                    break;
                case (F.TraceState << 3) | Len:
                    TraceState = reader.ReadBytes();
                    break;
                case (F.ParentSpanId << 3) | Len:
                    ParentSpanId = reader.ReadBytes();
                    break;
                case (F.Flags << 3) | Fixed32:
                    Flags = reader.ReadFixed32();
                    break;
                case (F.Name << 3) | Len:
                    Name = reader.ReadBytes();
                    break;
                case (F.Kind << 3) | Varint:
                    Kind = reader.ReadInt32();
                    break;
                case (F.StartTimeUnixNano << 3) | Fixed64:
                    StartTimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.EndTimeUnixNano << 3) | Fixed64:
                    EndTimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.Attributes << 3) | Len:
                    reader.ReadBytes();
                    _attributes.Add(start, reader.Position);
                    break;
                case (F.DroppedAttributesCount << 3) | Varint:
                    DroppedAttributesCount = (uint)reader.ReadVarint();
                    break;
                case (F.Events << 3) | Len:
                    reader.ReadBytes();
                    _events.Add(start, reader.Position);
                    break;
                case (F.DroppedEventsCount << 3) | Varint:
                    DroppedEventsCount = (uint)reader.ReadVarint();
                    break;
                case (F.Links << 3) | Len:
                    reader.ReadBytes();
                    _links.Add(start, reader.Position);
                    break;
                case (F.DroppedLinksCount << 3) | Varint:
                    DroppedLinksCount = (uint)reader.ReadVarint();
                    break;
                case (F.Status << 3) | Len:
                    status.Add(start, reader.ReadBytes());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        HasStatus = status.IsPresent;
        _status = status.Merge(data, F.Status);
    }

    /// <summary>16 bytes when valid; the length is the sender's.</summary>
    public ReadOnlySpan<byte> TraceId { get; }

    /// <summary>8 bytes when valid; the length is the sender's.</summary>
    public ReadOnlySpan<byte> SpanId { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> TraceState { get; }

    /// <summary>Empty for a root span.</summary>
    public ReadOnlySpan<byte> ParentSpanId { get; }

    public uint Flags { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>A SpanKind, possibly one newer than this code.</summary>
    public int Kind { get; }

    public ulong StartTimeUnixNano { get; }

    public ulong EndTimeUnixNano { get; }

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public uint DroppedAttributesCount { get; }

    public WireList<SpanEventReader> Events => new(_data, _events, F.Events);

    public uint DroppedEventsCount { get; }

    public WireList<SpanLinkReader> Links => new(_data, _links, F.Links);

    public uint DroppedLinksCount { get; }

    public bool HasStatus { get; }

    /// <summary>Empty when absent. Scanned at each call.</summary>
    public SpanStatusReader Status => SpanStatusReader.Read(_status);

    public static SpanReader Read(ReadOnlySpan<byte> message) => new(message);
}
