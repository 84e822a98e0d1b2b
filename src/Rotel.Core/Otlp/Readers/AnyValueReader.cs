using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CommonFields.AnyValue;

namespace Rotel.Otlp.Readers;

/// <summary>One AnyValue: the last member of its oneof wins; arrays and key-value lists set twice in a row merge.</summary>
internal readonly ref struct AnyValueReader : IWireMessage<AnyValueReader>
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ulong _scalar;

    private AnyValueReader(ReadOnlySpan<byte> data)
    {
        // A short string and nothing else, as most values are.
        if (data.Length > 1 && data[0] == ((F.StringValue << 3) | Len) && data[1] < 0x80 && data[1] == data.Length - 2)
        {
            Kind = AnyValueKind.String;
            _bytes = data[2..];
            return;
        }

        var nested = default(SingularMessage);
        var reader = new WireReader(data);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;

            switch (tag)
            {
                case (F.StringValue << 3) | Len:
                case (F.BytesValue << 3) | Len:
                    Kind = (AnyValueKind)(tag >> 3);
                    _bytes = reader.ReadBytes();
                    break;
                case (F.BoolValue << 3) | Varint:
                case (F.IntValue << 3) | Varint:
                case (F.StringValueStrindex << 3) | Varint:
                    Kind = (AnyValueKind)(tag >> 3);
                    _scalar = reader.ReadVarint();
                    break;
                case (F.DoubleValue << 3) | Fixed64:
                    Kind = AnyValueKind.Double;
                    _scalar = reader.ReadFixed64();
                    break;
                case (F.ArrayValue << 3) | Len:
                case (F.KvlistValue << 3) | Len:
                    if (Kind != (AnyValueKind)(tag >> 3))
                        nested.Clear();
                    Kind = (AnyValueKind)(tag >> 3);
                    nested.Add(start, reader.ReadBytes());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        if (Kind is AnyValueKind.Array or AnyValueKind.KeyValueList)
            _bytes = nested.Merge(data, (int)Kind);
    }

    public AnyValueKind Kind { get; }

    /// <summary>The UTF-8 text of a string, the content of bytes; empty for other kinds.</summary>
    public ReadOnlySpan<byte> Bytes => Kind is AnyValueKind.String or AnyValueKind.Bytes ? _bytes : default;

    public bool Bool => _scalar != 0;

    public long Int => (long)_scalar;

    public int StringIndex => (int)_scalar;

    public double Double => BitConverter.UInt64BitsToDouble(_scalar);

    /// <summary>The elements of an array; empty for other kinds.</summary>
    public ArrayValueReader Array => ArrayValueReader.Read(Kind == AnyValueKind.Array ? _bytes : default);

    /// <summary>The pairs of a key-value list; empty for other kinds.</summary>
    public KeyValueListReader KeyValues => KeyValueListReader.Read(Kind == AnyValueKind.KeyValueList ? _bytes : default);

    public static AnyValueReader Read(ReadOnlySpan<byte> message) => new(message);
}
