using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.LogFields.LogRecord;

namespace Rotel.Otlp.Readers;

/// <summary>One log record.</summary>
internal readonly ref struct LogRecordReader : IWireMessage<LogRecordReader>
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly ReadOnlySpan<byte> _body;
    private readonly FieldRange _attributes;

    private LogRecordReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        var body = default(SingularMessage);
        var reader = new WireReader(data);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;

            switch (tag)
            {
                case (F.TimeUnixNano << 3) | Fixed64:
                    TimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.ObservedTimeUnixNano << 3) | Fixed64:
                    ObservedTimeUnixNano = reader.ReadFixed64();
                    break;
                case (F.SeverityNumber << 3) | Varint:
                    SeverityNumber = reader.ReadInt32();
                    break;
                case (F.SeverityText << 3) | Len:
                    SeverityText = reader.ReadBytes();
                    break;
                case (F.Body << 3) | Len:
                    body.Add(start, reader.ReadBytes());
                    break;
                case (F.Attributes << 3) | Len:
                    reader.ReadBytes();
                    _attributes.Add(start, reader.Position);
                    break;
                case (F.DroppedAttributesCount << 3) | Varint:
                    DroppedAttributesCount = (uint)reader.ReadVarint();
                    break;
                case (F.Flags << 3) | Fixed32:
                    Flags = reader.ReadFixed32();
                    break;
                case (F.TraceId << 3) | Len:
                    TraceId = reader.ReadBytes();
                    break;
                case (F.SpanId << 3) | Len:
                    SpanId = reader.ReadBytes();
                    break;
                case (F.EventName << 3) | Len:
                    EventName = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        HasBody = body.IsPresent;
        _body = body.Merge(data, F.Body);
    }

    public ulong TimeUnixNano { get; }

    public ulong ObservedTimeUnixNano { get; }

    /// <summary>A SeverityNumber, possibly one newer than this code.</summary>
    public int SeverityNumber { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> SeverityText { get; }

    public bool HasBody { get; }

    /// <summary>Empty when absent. Scanned at each call.</summary>
    public AnyValueReader Body => AnyValueReader.Read(_body);

    public WireList<KeyValueReader> Attributes => new(_data, _attributes, F.Attributes);

    public uint DroppedAttributesCount { get; }

    public uint Flags { get; }

    public ReadOnlySpan<byte> TraceId { get; }

    public ReadOnlySpan<byte> SpanId { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> EventName { get; }

    public static LogRecordReader Read(ReadOnlySpan<byte> message) => new(message);
}
