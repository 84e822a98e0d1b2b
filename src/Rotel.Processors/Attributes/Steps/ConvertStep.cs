using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;
using Rotel.Otlp.Wire;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes.Steps;

/// <summary>Makes another type of values; what cannot be converted stays.</summary>
internal sealed class ConvertStep(string key, AttributeValueType type) : AttributeStep
{
    private const NumberStyles IntegerStyle = NumberStyles.Integer;
    private const NumberStyles DoubleStyle = NumberStyles.Float;

    /// <summary>2 to the 63rd: the first double that no Int64 holds; its negative is the last that one does.</summary>
    private const double Beyond = 9_223_372_036_854_775_808;

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    public override IEnumerable<byte[]> Keys => [_key];

    public override void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        for (var i = edit.Find(_key); i >= 0; i = edit.Find(_key, i + 1))
            Convert(ref edit, i, scratch);
    }

    private void Convert(ref AttributeEdit edit, int index, EditScratch scratch)
    {
        var value = AnyValueReader.Read(edit.Value(index));
        switch (type)
        {
            case AttributeValueType.Text:
                if (value.Kind is not (AnyValueKind.String or AnyValueKind.None or AnyValueKind.StringIndex))
                {
                    scratch.Text.Clear();
                    AttributeText.Write(value, scratch.Text);
                    edit.SetString(index, scratch.Text.Span);
                }

                break;
            case AttributeValueType.WholeNumber:
                if (value.Kind != AnyValueKind.Int && TryInt(value, out var integer))
                    SetVarint(ref edit, index, CommonFields.AnyValue.IntValue, (ulong)integer);
                break;
            case AttributeValueType.Boolean:
                if (value.Kind != AnyValueKind.Bool && TryBool(value, out var boolean))
                    SetVarint(ref edit, index, CommonFields.AnyValue.BoolValue, boolean ? 1u : 0u);
                break;
            default:
                if (value.Kind != AnyValueKind.Double && TryDouble(value, out var number))
                    SetDouble(ref edit, index, number);
                break;
        }
    }

    private static bool TryInt(AnyValueReader value, out long integer)
    {
        integer = value.Kind == AnyValueKind.Bool && value.Bool ? 1 : 0;
        switch (value.Kind)
        {
            case AnyValueKind.Bool:
                return true;
            case AnyValueKind.Double when value.Double is >= -Beyond and < Beyond:
                integer = (long)value.Double;
                return true;
            default:
                return value.Kind == AnyValueKind.String
                    && long.TryParse(value.Bytes, IntegerStyle, CultureInfo.InvariantCulture, out integer);
        }
    }

    private static bool TryDouble(AnyValueReader value, out double number)
    {
        number = value.Kind switch
        {
            AnyValueKind.Int => value.Int,
            AnyValueKind.Bool => value.Bool ? 1 : 0,
            _ => 0,
        };
        return value.Kind is AnyValueKind.Int or AnyValueKind.Bool
            || (value.Kind == AnyValueKind.String && double.TryParse(value.Bytes, DoubleStyle, CultureInfo.InvariantCulture, out number));
    }

    private static bool TryBool(AnyValueReader value, out bool boolean)
    {
        switch (value.Kind)
        {
            case AnyValueKind.Int:
                boolean = value.Int != 0;
                return true;
            case AnyValueKind.Double:
                boolean = value.Double != 0;
                return true;
            default:
                var text = value.Kind == AnyValueKind.String ? value.Bytes : default;
                boolean = IsOneOf(text, "true"u8, "1"u8, "t"u8, "y"u8, "yes"u8);
                return boolean || IsOneOf(text, "false"u8, "0"u8, "f"u8, "n"u8, "no"u8);
        }
    }

    private static bool IsOneOf(
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> word, ReadOnlySpan<byte> digit, ReadOnlySpan<byte> letter, ReadOnlySpan<byte> other,
        ReadOnlySpan<byte> otherWord) =>
        Ascii.EqualsIgnoreCase(text, word)
        || text.SequenceEqual(digit)
        || Ascii.EqualsIgnoreCase(text, letter)
        || Ascii.EqualsIgnoreCase(text, other)
        || Ascii.EqualsIgnoreCase(text, otherWord);

    private static void SetVarint(ref AttributeEdit edit, int index, int field, ulong value)
    {
        Span<byte> encoded = stackalloc byte[1 + WireFormat.MaxVarintLength];
        encoded[0] = (byte)WireFormat.Tag(field, WireType.Varint);
        edit.SetValue(index, encoded[..(1 + WireFormat.WriteVarint(encoded[1..], value))]);
    }

    private static void SetDouble(ref AttributeEdit edit, int index, double value)
    {
        Span<byte> encoded = stackalloc byte[1 + sizeof(double)];
        encoded[0] = (byte)WireFormat.Tag(CommonFields.AnyValue.DoubleValue, WireType.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(encoded[1..], value);
        edit.SetValue(index, encoded);
    }
}
