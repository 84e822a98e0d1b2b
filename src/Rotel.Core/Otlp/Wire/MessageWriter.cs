using System.Globalization;
using System.Text;
using Rotel.Memory;
using Rotel.Otlp.Fields;

namespace Rotel.Otlp.Wire;

/// <summary>
/// Writes messages within messages whose lengths are not known beforehand, for the little that Rotel tells about itself: a byte is left for
/// each length, and what follows is moved where it takes more. Fields have numbers up to 15. The bytes stay the caller's.
/// </summary>
internal readonly struct MessageWriter(PooledBytes bytes)
{
    /// <summary>Text beyond this is cut off: a stack trace may be of any length.</summary>
    public const int MaxTextLength = 16 * 1024;

    /// <summary>Begins a message; what is written until <see cref="End"/>, to which the result goes, is in it.</summary>
    public int Begin(int field)
    {
        WriteTag(field, WireType.LengthDelimited);
        bytes.WriteByte(0);
        return bytes.Length;
    }

    public void End(int start)
    {
        var length = bytes.Length - start;
        var width = WireFormat.VarintLength((uint)length);
        if (width > 1)
        {
            bytes.Append(width - 1);
            var moved = bytes.WrittenFrom(start);
            moved[..length].CopyTo(moved[(width - 1)..]);
        }

        WireFormat.WriteVarint(bytes.WrittenFrom(start - 1), (uint)length);
    }

    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, WireType.Varint);
        WireFormat.WriteVarint(bytes.Append(WireFormat.VarintLength(value)), value);
    }

    public void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, WireType.Fixed64);
        bytes.WriteUInt64(value);
    }

    public void WriteDouble(int field, double value) => WriteFixed64(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Half a character, which UTF-8 has no form for, becomes U+FFFD.</summary>
    public void WriteText(int field, ReadOnlySpan<char> text)
    {
        var shown = text.Length > MaxTextLength ? text[..MaxTextLength] : text;
        var length = Encoding.UTF8.GetByteCount(shown);
        WriteTag(field, WireType.LengthDelimited);
        bytes.WriteVarint((uint)length);
        Encoding.UTF8.GetBytes(shown, bytes.Append(length));
    }

    /// <summary>A packed list of fixed64; nothing where it is empty.</summary>
    public void WritePacked(int field, ReadOnlySpan<long> values)
    {
        if (values.IsEmpty)
            return;

        WriteTag(field, WireType.LengthDelimited);
        bytes.WriteVarint((uint)values.Length * sizeof(ulong));
        foreach (var value in values)
            bytes.WriteUInt64((ulong)value);
    }

    /// <summary>A packed list of doubles; nothing where it is empty.</summary>
    public void WritePacked(int field, ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
            return;

        WriteTag(field, WireType.LengthDelimited);
        bytes.WriteVarint((uint)values.Length * sizeof(double));
        foreach (var value in values)
            bytes.WriteDouble(value);
    }

    /// <summary>An attribute as a KeyValue: numbers, booleans and text as what they are, all else as its text.</summary>
    public void WriteAttribute(int field, string key, object value)
    {
        var pair = Begin(field);
        WriteText(CommonFields.KeyValue.Key, key);
        WriteValue(CommonFields.KeyValue.Value, value);
        End(pair);
    }

    /// <summary>An AnyValue.</summary>
    public void WriteValue(int field, object value)
    {
        var any = Begin(field);
        switch (value)
        {
            case bool flag:
                WriteVarint(CommonFields.AnyValue.BoolValue, flag ? 1UL : 0UL);
                break;
            case long or int or short or sbyte or byte or ushort or uint:
                WriteVarint(CommonFields.AnyValue.IntValue, (ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double or float:
                WriteDouble(CommonFields.AnyValue.DoubleValue, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            default:
                WriteText(CommonFields.AnyValue.StringValue, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }

        End(any);
    }

    private void WriteTag(int field, WireType type) => bytes.WriteByte((byte)WireFormat.Tag(field, type));
}
