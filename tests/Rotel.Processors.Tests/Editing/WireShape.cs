using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Rotel.Processors.Editing;

/// <summary>What is not plain about an encoding, by Google.Protobuf's reading of the wire and the descriptors.</summary>
internal static class WireShape
{
    /// <summary>
    /// Where an encoding could have been said otherwise: a singular field given twice, two members of a oneof, known fields out of the order
    /// of their numbers, a known field behind an unknown one. Empty for the normal form.
    /// </summary>
    public static IEnumerable<string> Faults(byte[] encoded, MessageDescriptor message, string path = "")
    {
        var seen = new HashSet<int>();
        var oneofs = new HashSet<OneofDescriptor>();
        var (last, afterUnknown) = (0, false);
        var input = new CodedInputStream(encoded);
        while (input.ReadTag() is var tag && tag != 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            var type = WireFormat.GetTagWireType(tag);
            var field = message.FindFieldByNumber(number);
            if (field is null || !IsOf(field, type))
            {
                afterUnknown = true;
                input.SkipLastField();
                continue;
            }

            var name = $"{path}/{field.Name}";
            if (afterUnknown)
                yield return $"{name} behind an unknown field";
            if (number < last)
                yield return $"{name} out of order";
            if (!seen.Add(number) && !field.IsRepeated)
                yield return $"{name} twice";
            else if (!field.IsRepeated && field.RealContainingOneof is { } oneof && !oneofs.Add(oneof))
                yield return $"{name} beside another member";
            last = number;
            if (field.FieldType != FieldType.Message)
            {
                input.SkipLastField();
                continue;
            }

            foreach (var fault in Faults(input.ReadBytes().ToByteArray(), field.MessageType, name))
                yield return fault;
        }
    }

    private static bool IsOf(FieldDescriptor field, WireFormat.WireType type)
    {
        var own = field.FieldType switch
        {
            FieldType.Message or FieldType.String or FieldType.Bytes => WireFormat.WireType.LengthDelimited,
            FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireFormat.WireType.Fixed64,
            FieldType.Fixed32 or FieldType.SFixed32 or FieldType.Float => WireFormat.WireType.Fixed32,
            _ => WireFormat.WireType.Varint,
        };
        return type == own || (field.IsRepeated && type == WireFormat.WireType.LengthDelimited);
    }
}
