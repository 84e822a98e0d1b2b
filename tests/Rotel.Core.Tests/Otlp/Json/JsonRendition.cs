using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>
/// Writes a message as OTLP/JSON in any form that a sender may choose, the same for the same seed: keys in any order, escaped, given twice
/// or as null, unknown keys between them, integers as numbers or strings, enumerations as numbers or names, hexadecimal in any case, base64
/// of either alphabet, white space. It knows no field by name but the ids, so that it shares nothing with what it tests.
/// </summary>
internal sealed class JsonRendition(int seed)
{
    private static readonly string[] Spaces = ["", "", "", " ", "\n", "\t", " \r\n  "];

    private static readonly string[] UnknownValues =
    [
        "0", "-1.5e300", "true", "null", "\"\"", "\"\\ud800 \\\" ]\"", "[]", "{}", "[[[1,{\"a\":[null]}]],{\"b\":{}}]",
        "{\"traceId\":17,\"resourceSpans\":\"x\",\"a\":{\"b\":[[]]}}",
    ];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();

    public string Write(IMessage message)
    {
        _text.Clear();
        if (_random.Next(5) == 0)
            _text.Append('\uFEFF');
        Space();
        Message(message);
        Space();
        return _text.ToString();
    }

    private void Message(IMessage message)
    {
        var members = new List<Action>();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsRepeated ? ((IList)value).Count > 0 : IsSet(field, message, value))
                members.Add(() => Member(field, value));
            else if (field.RealContainingOneof is null && _random.Next(8) == 0)
                members.Add(() => Key(field.JsonName, field.IsRepeated && _random.Next(2) == 0 ? "[]" : Unset(field)));
        }

        for (var unknown = _random.Next(6) == 0 ? _random.Next(1, 3) : 0; unknown > 0; unknown--)
            members.Add(() => Key(UnknownKey(message.Descriptor), UnknownValues[_random.Next(UnknownValues.Length)]));

        var shuffled = members.ToArray();
        _random.Shuffle(shuffled);
        Between('{', shuffled, '}');
    }

    private static bool IsSet(FieldDescriptor field, IMessage message, object value) => field.HasPresence
        ? field.Accessor.HasValue(message)
        : value switch
        {
            string text => text.Length > 0,
            ByteString bytes => !bytes.IsEmpty,
            double number => BitConverter.DoubleToInt64Bits(number) != 0,
            Enum => Convert.ToInt32(value, CultureInfo.InvariantCulture) != 0,
            bool flag => flag,
            _ => Convert.ToDecimal(value, CultureInfo.InvariantCulture) != 0,
        };

    private string Unset(FieldDescriptor field) => field.HasPresence || field.IsRepeated || _random.Next(2) == 0
        ? "null"
        : field.FieldType switch
        {
            FieldType.String or FieldType.Bytes => "\"\"",
            FieldType.Bool => "false",
            _ => "0",
        };

    private void Member(FieldDescriptor field, object value)
    {
        // Of a scalar that stands twice the last counts, and a null says nothing.
        if (!field.IsRepeated && field.FieldType != FieldType.Message && _random.Next(12) == 0)
        {
            Key(field.JsonName, field.FieldType switch
            {
                FieldType.String => "\"before\"",
                FieldType.Bytes => "\"00ff\"",
                FieldType.Bool => "true",
                _ => "77",
            });
            _text.Append(',');
        }

        Key(field.JsonName, null);
        if (field.IsRepeated)
            Between('[', [.. ((IList)value).Cast<object>().Select<object, Action>(element => () => Value(field, element))], ']');
        else
            Value(field, value);
        if (_random.Next(12) == 0)
        {
            _text.Append(',');
            Key(field.JsonName, "null");
        }
    }

    private void Value(FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage message:
                Message(message);
                break;
            case string text:
                String(text);
                break;
            case ByteString bytes:
                String(field.JsonName is "traceId" or "spanId" or "parentSpanId" or "profileId" ? Hex(bytes) : Base64(bytes));
                break;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                break;
            case double number:
                Double(number);
                break;
            case Enum:
                Enumeration(field.EnumType, Convert.ToInt32(value, CultureInfo.InvariantCulture));
                break;
            default:
                Integer(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
        }
    }

    private void Enumeration(EnumDescriptor type, int number)
    {
        if (type.FindValueByNumber(number) is { } named && _random.Next(2) == 0)
            String(named.Name);
        else
            Integer(number.ToString(CultureInfo.InvariantCulture));
    }

    private void Integer(string digits)
    {
        var zeros = digits.Length - digits.TrimEnd('0').Length;
        var text = _random.Next(6) switch
        {
            0 => digits + ".0",
            1 => digits + "e0",
            2 when zeros > 0 && zeros < digits.Length => $"{digits[..^zeros]}E+{zeros}",
            3 when digits != "0" => digits + "00e-2",
            _ => digits,
        };
        NumberOrString(text);
    }

    private void Double(double number)
    {
        if (double.IsFinite(number))
            NumberOrString(number.ToString(_random.Next(2) == 0 ? "R" : "E17", CultureInfo.InvariantCulture));
        else
            String(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }

    private void NumberOrString(string text)
    {
        if (_random.Next(2) == 0)
            _text.Append(text);
        else
            String(text);
    }

    private string Hex(ByteString bytes)
    {
        var hex = Convert.ToHexStringLower(bytes.Span);
        return string.Concat(hex.Select(digit => _random.Next(2) == 0 ? char.ToUpperInvariant(digit) : digit));
    }

    private string Base64(ByteString bytes)
    {
        var text = bytes.ToBase64();
        if (_random.Next(2) == 0)
            text = text.Replace('+', '-').Replace('/', '_');
        return _random.Next(2) == 0 ? text.TrimEnd('=') : text;
    }

    private void Key(string name, string? value)
    {
        String(name);
        Space();
        _text.Append(':');
        Space();
        _text.Append(value);
    }

    /// <summary>Names of other cases, the .proto file's own, and such that mean something elsewhere or nothing at all.</summary>
    private string UnknownKey(MessageDescriptor message)
    {
        var fields = message.Fields.InDeclarationOrder();
        var name = fields[_random.Next(fields.Count)].Name;
        return _random.Next(5) switch
        {
            0 when name.Contains('_', StringComparison.Ordinal) => name,
            1 => name.ToUpperInvariant(),
            2 => string.Empty,
            3 => new string('x', _random.Next(400)),
            _ => "größer_" + name,
        };
    }

    private void String(string text)
    {
        _text.Append('"');
        var escapes = _random.Next(4) == 0;
        foreach (var unit in text)
        {
            if (unit is '"' or '\\')
                _text.Append('\\').Append(unit);
            else if (unit == '\n' && _random.Next(2) == 0)
                _text.Append("\\n");
            else if (unit == '\t' && _random.Next(2) == 0)
                _text.Append("\\t");
            else if (unit == '/' && _random.Next(2) == 0)
                _text.Append("\\/");
            else if (unit < ' ' || (escapes && (char.IsSurrogate(unit) || _random.Next(3) == 0)))
                _text.Append("\\u").Append(((int)unit).ToString(_random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture));
            else
                _text.Append(unit);
        }

        _text.Append('"');
    }

    private void Between(char open, Action[] members, char close)
    {
        _text.Append(open);
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0)
                _text.Append(',');
            Space();
            members[i]();
            Space();
        }

        Space();
        _text.Append(close);
    }

    private void Space() => _text.Append(Spaces[_random.Next(Spaces.Length)]);
}
