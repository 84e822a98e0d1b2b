using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Redaction;

/// <summary>The tags of what an AnyValue can hold; a field of one of its numbers with another wire type is an unknown one.</summary>
internal static class AnyValueTags
{
    public const byte String = (CommonFields.AnyValue.StringValue << 3) | (int)WireType.LengthDelimited;
    public const byte Bool = (CommonFields.AnyValue.BoolValue << 3) | (int)WireType.Varint;
    public const byte Int = (CommonFields.AnyValue.IntValue << 3) | (int)WireType.Varint;
    public const byte Double = (CommonFields.AnyValue.DoubleValue << 3) | (int)WireType.Fixed64;
    public const byte Array = (CommonFields.AnyValue.ArrayValue << 3) | (int)WireType.LengthDelimited;
    public const byte KeyValueList = (CommonFields.AnyValue.KvlistValue << 3) | (int)WireType.LengthDelimited;
    public const byte Bytes = (CommonFields.AnyValue.BytesValue << 3) | (int)WireType.LengthDelimited;
    public const byte StringIndex = (CommonFields.AnyValue.StringValueStrindex << 3) | (int)WireType.Varint;
}
