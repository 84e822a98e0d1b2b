using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Json;

/// <summary>
/// The scalar rules of OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): 64-bit integers are strings, enums
/// are integers, ids are hexadecimal, other bytes are base64. The <c>…IfSet</c> forms leave out the default of a field without presence.
/// </summary>
internal static class JsonFieldWriting
{
    /// <summary>The longest id whose digits are made on the stack; valid ids have 16 or 8 bytes.</summary>
    private const int MaxStackIdLength = 64;

    public static void WriteStringIfSet(this Utf8JsonWriter json, JsonEncodedText name, ReadOnlySpan<byte> utf8)
    {
        if (!utf8.IsEmpty)
            json.WriteString(name, utf8);
    }

    public static void WriteIdIfSet(this Utf8JsonWriter json, JsonEncodedText name, ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            return;

        if (id.Length <= MaxStackIdLength)
        {
            Span<byte> digits = stackalloc byte[MaxStackIdLength * 2];
            Convert.TryToHexStringLower(id, digits, out var written);
            json.WriteString(name, digits[..written]);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(id.Length * 2);
        try
        {
            Convert.TryToHexStringLower(id, rented, out var written);
            json.WriteString(name, rented.AsSpan(0, written));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public static void WriteUInt64IfSet(this Utf8JsonWriter json, JsonEncodedText name, ulong value)
    {
        if (value == 0)
            return;
        json.WritePropertyName(name);
        json.WriteUInt64Value(value);
    }

    public static void WriteUInt64Value(this Utf8JsonWriter json, ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var written);
        json.WriteStringValue(digits[..written]);
    }

    public static void WriteInt64(this Utf8JsonWriter json, JsonEncodedText name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var written);
        json.WriteString(name, digits[..written]);
    }

    /// <summary>Writes an int32, a uint32 or an enum.</summary>
    public static void WriteInt32IfSet(this Utf8JsonWriter json, JsonEncodedText name, long value)
    {
        if (value != 0)
            json.WriteNumber(name, value);
    }

    public static void WriteBoolIfSet(this Utf8JsonWriter json, JsonEncodedText name, bool value)
    {
        if (value)
            json.WriteBoolean(name, value);
    }

    /// <summary>Negative zero is not the default: it is written.</summary>
    public static void WriteDoubleIfSet(this Utf8JsonWriter json, JsonEncodedText name, double value)
    {
        if (BitConverter.DoubleToUInt64Bits(value) != 0)
            json.WriteDouble(name, value);
    }

    /// <summary>Writes an <c>optional</c> double: present, even zero, or absent.</summary>
    public static void WriteDoubleIfPresent(this Utf8JsonWriter json, JsonEncodedText name, double? value)
    {
        if (value is { } present)
            json.WriteDouble(name, present);
    }

    public static void WriteDouble(this Utf8JsonWriter json, JsonEncodedText name, double value)
    {
        json.WritePropertyName(name);
        json.WriteDoubleValue(value);
    }

    public static void WriteDoubleValue(this Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
    }

    public static void WriteNumber(this Utf8JsonWriter json, NumberValue value)
    {
        if (value.Kind == NumberKind.Double)
            json.WriteDouble(OtlpJsonNames.AsDouble, value.Double);
        else if (value.Kind == NumberKind.Int)
            json.WriteInt64(OtlpJsonNames.AsInt, value.Int);
    }
}
