using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Text;

/// <summary>
/// Values as text, as OpenTelemetry has it for protocols other than its own
/// (https://opentelemetry.io/docs/specs/otel/common/#mapping-anyvalue-to-non-otlp-protocols): strings as they are, numbers and booleans as
/// JSON has them, bytes as base64, arrays and key-value lists as plain JSON. No value is the empty text, and <c>null</c> inside of JSON.
/// </summary>
internal static class AttributeText
{
    /// <summary>As in OTLP/JSON: bodies that passed the validator nest less deep; this guards the stack.</summary>
    private const int MaxDepth = 64;

    /// <summary>Characters of a number at most; <see cref="double.MinValue"/> and its like have 24.</summary>
    private const int MaxNumberLength = 32;

    /// <summary>What JSON demands to be escaped.</summary>
    private static readonly SearchValues<byte> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    /// <summary>Appends a value as text.</summary>
    /// <exception cref="WireFormatException">The value is no protobuf or nests too deep; a part of it may be written.</exception>
    public static void Write(AnyValueReader value, PooledBytes text)
    {
        switch (value.Kind)
        {
            case AnyValueKind.String:
                text.Write(value.Bytes);
                break;
            case AnyValueKind.Double:
                WriteNumber(value.Double, text);
                break;
            case AnyValueKind.Bytes:
                WriteBase64(value.Bytes, text);
                break;
            case AnyValueKind.None or AnyValueKind.StringIndex:
                break;
            default:
                WriteJson(value, text);
                break;
        }
    }

    /// <summary>Appends a value as JSON.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public static void WriteJson(AnyValueReader value, PooledBytes json) => WriteJson(value, json, depth: 0);

    /// <summary>Appends a text in quotation marks, with what JSON demands escaped and nothing else.</summary>
    public static void WriteJsonString(ReadOnlySpan<byte> utf8, PooledBytes json)
    {
        json.WriteByte((byte)'"');
        while (true)
        {
            var plain = utf8.IndexOfAny(Escaped);
            if (plain < 0)
                break;
            json.Write(utf8[..plain]);
            WriteEscaped(utf8[plain], json);
            utf8 = utf8[(plain + 1)..];
        }

        json.Write(utf8);
        json.WriteByte((byte)'"');
    }

    private static void WriteJson(AnyValueReader value, PooledBytes json, int depth)
    {
        if (depth == MaxDepth)
            WireFormatException.ThrowDepth(MaxDepth);

        switch (value.Kind)
        {
            case AnyValueKind.String:
                WriteJsonString(value.Bytes, json);
                break;
            case AnyValueKind.Bool:
                json.Write(value.Bool ? "true"u8 : "false"u8);
                break;
            case AnyValueKind.Int:
                WriteNumber(value.Int, json);
                break;
            case AnyValueKind.Double when double.IsFinite(value.Double):
                WriteNumber(value.Double, json);
                break;
            case AnyValueKind.Double:
                json.WriteByte((byte)'"');
                WriteNumber(value.Double, json);
                json.WriteByte((byte)'"');
                break;
            case AnyValueKind.Array:
                WriteArray(value.Array.Values, json, depth);
                break;
            case AnyValueKind.KeyValueList:
                WriteObject(value.KeyValues.Values, json, depth);
                break;
            case AnyValueKind.Bytes:
                json.WriteByte((byte)'"');
                WriteBase64(value.Bytes, json);
                json.WriteByte((byte)'"');
                break;
            default:
                json.Write("null"u8);
                break;
        }
    }

    private static void WriteArray(WireList<AnyValueReader> elements, PooledBytes json, int depth)
    {
        json.WriteByte((byte)'[');
        var isFirst = true;
        foreach (var element in elements)
        {
            if (!isFirst)
                json.WriteByte((byte)',');
            isFirst = false;
            WriteJson(element, json, depth + 1);
        }

        json.WriteByte((byte)']');
    }

    private static void WriteObject(WireList<KeyValueReader> pairs, PooledBytes json, int depth)
    {
        json.WriteByte((byte)'{');
        var isFirst = true;
        foreach (var pair in pairs)
        {
            if (!isFirst)
                json.WriteByte((byte)',');
            isFirst = false;
            WriteJsonString(pair.Key, json);
            json.WriteByte((byte)':');
            WriteJson(pair.Value, json, depth + 1);
        }

        json.WriteByte((byte)'}');
    }

    private static void WriteEscaped(byte character, PooledBytes json)
    {
        switch (character)
        {
            case (byte)'\n':
                json.Write(@"\n"u8);
                break;
            case (byte)'\r':
                json.Write(@"\r"u8);
                break;
            case (byte)'\t':
                json.Write(@"\t"u8);
                break;
            case (byte)'"':
                json.Write("\\\""u8);
                break;
            case (byte)'\\':
                json.Write(@"\\"u8);
                break;
            default:
                json.Write(@"\u00"u8);
                json.WriteByte((byte)('0' + (character >> 4)));
                json.WriteByte("0123456789abcdef"u8[character & 0xf]);
                break;
        }
    }

    /// <summary>Whole numbers in decimal; doubles as the shortest text that reads back the same.</summary>
    private static void WriteNumber<TNumber>(TNumber value, PooledBytes text)
        where TNumber : IUtf8SpanFormattable
    {
        var room = text.Append(MaxNumberLength);
        value.TryFormat(room, out var length, default, CultureInfo.InvariantCulture);
        text.Length -= MaxNumberLength - length;
    }

    private static void WriteBase64(ReadOnlySpan<byte> bytes, PooledBytes text) =>
        Base64.EncodeToUtf8(bytes, text.Append(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out _);
}
