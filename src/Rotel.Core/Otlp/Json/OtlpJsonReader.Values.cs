using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Json;

/// <content>The values that are not messages or lists; their tag and room for a number or a length behind it are there.</content>
internal ref partial struct OtlpJsonReader
{
    /// <summary>An escaped number, or the escaped name of an enumeration's value, may be so long, in bytes.</summary>
    private const int MaxEscapedScalar = 256;

    private bool Text()
    {
        if (_json.TokenType != JsonTokenType.String)
            return Fail(OtlpJsonFault.WrongType, "a string");

        var text = _json.ValueSpan;
        if (!Reserve(GrowingWire.MaxScalarLength + text.Length))
            return false;
        if (_json.ValueIsEscaped)
            return EscapedText(text);
        if (_limits.RejectsInvalidUtf8 && !Utf8.IsValid(text))
            return Fail(OtlpJsonFault.InvalidText);
        _wire.WriteVarint((uint)text.Length);
        _wire.Write(text);
        return true;
    }

    private bool EscapedText(ReadOnlySpan<byte> escaped)
    {
        var lengthWidth = (byte)WireFormat.VarintLength((uint)escaped.Length);
        var start = _wire.Begin(lengthWidth);
        var length = JsonText.Unescape(escaped, _wire.Rest);
        if (_limits.RejectsInvalidUtf8 && !Utf8.IsValid(_wire.Rest[..length]))
            return Fail(OtlpJsonFault.InvalidText);
        _wire.Advance(length);
        return _wire.TryEnd(start, ref lengthWidth) || FailRoom();
    }

    /// <summary>Writes bytes, given as hexadecimal digits for an id and as base64 else.</summary>
    private bool Bytes(OtlpJsonKind kind)
    {
        if (_json.TokenType != JsonTokenType.String)
            return Fail(OtlpJsonFault.WrongType, kind == OtlpJsonKind.Id ? "a string of hexadecimal digits" : "a string of base64");

        // Escapes are resolved behind the place of the bytes.
        var text = _json.ValueSpan;
        if (!Reserve(GrowingWire.MaxScalarLength + (_json.ValueIsEscaped ? 2 * text.Length : text.Length)))
            return false;
        var lengthWidth = (byte)WireFormat.VarintLength((uint)text.Length / 2);
        var start = _wire.Begin(lengthWidth);
        if (_json.ValueIsEscaped)
        {
            var unescaped = _wire.Rest[text.Length..];
            text = unescaped[..JsonText.Unescape(text, unescaped)];
        }

        var length = 0;
        if (kind == OtlpJsonKind.Id)
        {
            if (Convert.FromHexString(text, _wire.Rest, out _, out length) != OperationStatus.Done)
                return Fail(OtlpJsonFault.BadHex);
        }
        else if (!text.IsEmpty && !JsonText.TryDecodeBase64(text, _wire.Rest, out length))
        {
            return Fail(OtlpJsonFault.BadBase64);
        }

        _wire.Advance(length);
        return _wire.TryEnd(start, ref lengthWidth) || FailRoom();
    }

    private bool Scalar(OtlpJsonField field)
    {
        if (_json.TokenType is JsonTokenType.True or JsonTokenType.False && field.Kind == OtlpJsonKind.Bool)
        {
            _wire.WriteVarint(_json.TokenType == JsonTokenType.True ? 1u : 0u);
            return true;
        }

        if (_json.TokenType is not (JsonTokenType.Number or JsonTokenType.String) || field.Kind == OtlpJsonKind.Bool)
            return Fail(OtlpJsonFault.WrongType, Expectation(field.Kind));

        var text = _json.ValueSpan;
        if (!_json.ValueIsEscaped)
            return Scalar(field, text);

        Span<byte> unescaped = stackalloc byte[MaxEscapedScalar];
        return text.Length > unescaped.Length
            ? Fail(OtlpJsonFault.BadNumber, Expectation(field.Kind))
            : Scalar(field, unescaped[..JsonText.Unescape(text, unescaped)]);
    }

    private bool Scalar(OtlpJsonField field, scoped ReadOnlySpan<byte> text)
    {
        if (field.Kind == OtlpJsonKind.Double)
            return Double(text);
        if (field.Kind == OtlpJsonKind.Enum && _json.TokenType == JsonTokenType.String && IsName(text))
            return EnumName(field.EnumNames!, text);

        var fault = JsonInteger.TryParse(text, out var isNegative, out var magnitude);
        if (fault != OtlpJsonFault.None)
            return Fail(fault, Expectation(field.Kind));
        if (!IsInRange(field.Kind, isNegative, magnitude))
            return Fail(OtlpJsonFault.OutOfRange, Expectation(field.Kind));

        // Two's complement; 32-bit integers below zero are written with their sign extended to 64 bits, as protobuf wants it.
        var value = isNegative ? 0 - magnitude : magnitude;
        switch (field.Kind)
        {
            case OtlpJsonKind.Fixed64 or OtlpJsonKind.SFixed64:
                _wire.WriteFixed64(value);
                break;
            case OtlpJsonKind.Fixed32:
                _wire.WriteFixed32((uint)value);
                break;
            case OtlpJsonKind.SInt32:
                _wire.WriteVarint((uint)(((int)value << 1) ^ ((int)value >> 31)));
                break;
            default:
                _wire.WriteVarint(value);
                break;
        }

        return true;
    }

    private bool Double(scoped ReadOnlySpan<byte> text)
    {
        double value;
        if (_json.TokenType == JsonTokenType.String && IsName(text))
        {
            if (text.SequenceEqual("NaN"u8))
                value = double.NaN;
            else if (text.SequenceEqual("Infinity"u8))
                value = double.PositiveInfinity;
            else if (text.SequenceEqual("-Infinity"u8))
                value = double.NegativeInfinity;
            else
                return Fail(OtlpJsonFault.BadNumber, Expectation(OtlpJsonKind.Double));
        }
        else if (!Utf8Parser.TryParse(text, out value, out var consumed) || consumed != text.Length)
        {
            return Fail(OtlpJsonFault.BadNumber, Expectation(OtlpJsonKind.Double));
        }
        else if (!double.IsFinite(value))
        {
            return Fail(OtlpJsonFault.OutOfRange, Expectation(OtlpJsonKind.Double));
        }

        _wire.WriteFixed64(BitConverter.DoubleToUInt64Bits(value));
        return true;
    }

    private bool EnumName(string[] names, scoped ReadOnlySpan<byte> text)
    {
        for (var value = 0; value < names.Length; value++)
        {
            if (!Ascii.Equals(text, names[value]))
                continue;
            _wire.WriteVarint((uint)value);
            return true;
        }

        return Fail(OtlpJsonFault.UnknownEnumName, "an integer");
    }

    /// <summary>Whether the text of a string is no number but may be a word.</summary>
    private static bool IsName(scoped ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return true;
        var first = text[0] == '-' && text.Length > 1 ? text[1] : text[0];
        return !char.IsAsciiDigit((char)first);
    }

    private static bool IsInRange(OtlpJsonKind kind, bool isNegative, ulong magnitude) => kind switch
    {
        OtlpJsonKind.UInt64 or OtlpJsonKind.Fixed64 => !isNegative || magnitude == 0,
        OtlpJsonKind.UInt32 or OtlpJsonKind.Fixed32 => magnitude <= uint.MaxValue && (!isNegative || magnitude == 0),
        OtlpJsonKind.Int64 or OtlpJsonKind.SFixed64 => magnitude <= long.MaxValue + (isNegative ? 1ul : 0),
        _ => magnitude <= int.MaxValue + (isNegative ? 1ul : 0),
    };

    private static string Expectation(OtlpJsonKind kind) => kind switch
    {
        OtlpJsonKind.Bool => "true or false",
        OtlpJsonKind.Double => "a number, or one of \"NaN\", \"Infinity\" and \"-Infinity\"",
        OtlpJsonKind.UInt64 or OtlpJsonKind.Fixed64 => "a whole number from 0 to 18446744073709551615, as a string or a number",
        OtlpJsonKind.UInt32 or OtlpJsonKind.Fixed32 => "a whole number from 0 to 4294967295",
        OtlpJsonKind.Int64 or OtlpJsonKind.SFixed64 =>
            "a whole number from -9223372036854775808 to 9223372036854775807, as a string or a number",
        _ => "a whole number from -2147483648 to 2147483647",
    };
}
