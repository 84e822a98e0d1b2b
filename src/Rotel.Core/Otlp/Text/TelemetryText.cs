using System.Buffers;
using System.Globalization;
using System.Text;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Text;

/// <summary>
/// The parts that every message's text is made of. Whatever a sender puts into a string, it stays on its line: control characters are
/// written as escapes, so telemetry cannot forge lines or drive the terminal.
/// </summary>
internal static class TelemetryText
{
    /// <summary>Values nested deeper than this are written as an ellipsis.</summary>
    private const int MaxValueDepth = 64;

    private static readonly SearchValues<char> ControlCharacters = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(char.IsControl), '\u2028', '\u2029']);

    /// <summary>Starts a line with a label padded to 15 columns.</summary>
    public static void WriteLabel(this TextWriter text, string label)
    {
        text.Write("    ");
        text.Write(label.PadRight(15));
        text.Write(": ");
    }

    public static void WriteField(this TextWriter text, string label, ReadOnlySpan<byte> utf8)
    {
        text.WriteLabel(label);
        text.WriteUtf8(utf8);
        text.WriteLine();
    }

    public static void WriteField(this TextWriter text, string label, string value)
    {
        text.WriteLabel(label);
        text.WriteLine(value);
    }

    public static void WriteField(this TextWriter text, string label, ulong value)
    {
        text.WriteLabel(label);
        text.WriteInvariant(value);
        text.WriteLine();
    }

    public static void WriteIdField(this TextWriter text, string label, ReadOnlySpan<byte> id)
    {
        text.WriteLabel(label);
        text.WriteLine(Convert.ToHexStringLower(id));
    }

    public static void WriteInvariant<T>(this TextWriter text, T value)
        where T : IFormattable => text.Write(value.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>Writes a line: a name, punctuation included, and a value.</summary>
    public static void WriteNamed<T>(this TextWriter text, string name, T value)
        where T : IFormattable
    {
        text.Write(name);
        text.WriteInvariant(value);
        text.WriteLine();
    }

    /// <summary>Writes text of a sender's.</summary>
    public static void WriteUtf8(this TextWriter text, ReadOnlySpan<byte> utf8)
    {
        var rest = Encoding.UTF8.GetString(utf8).AsSpan();
        while (true)
        {
            var control = rest.IndexOfAny(ControlCharacters);
            if (control < 0)
                break;
            text.Write(rest[..control]);
            text.Write(rest[control] switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var other => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)other:x4}"),
            });
            rest = rest[(control + 1)..];
        }

        text.Write(rest);
    }

    /// <summary>Writes attributes one a line under a title, or nothing when there are none.</summary>
    public static void WriteAttributes(this TextWriter text, string title, WireList<KeyValueReader> attributes, string indent = "     ")
    {
        if (attributes.IsEmpty)
            return;

        text.WriteLine(title);
        foreach (var attribute in attributes)
        {
            text.Write(indent);
            text.Write("-> ");
            text.WriteUtf8(attribute.Key);
            text.Write(": ");
            text.WriteValue(attribute.Value);
            text.WriteLine();
        }
    }

    public static void WriteValue(this TextWriter text, AnyValueReader value) => WriteValue(text, value, depth: 0);

    private static void WriteValue(TextWriter text, AnyValueReader value, int depth)
    {
        if (depth == MaxValueDepth)
        {
            text.Write('…');
            return;
        }

        switch (value.Kind)
        {
            case AnyValueKind.String:
                text.Write("Str(");
                text.WriteUtf8(value.Bytes);
                break;
            case AnyValueKind.Bool:
                text.Write(value.Bool ? "Bool(true" : "Bool(false");
                break;
            case AnyValueKind.Int:
                text.Write("Int(");
                text.WriteInvariant(value.Int);
                break;
            case AnyValueKind.Double:
                text.Write("Double(");
                text.WriteInvariant(value.Double);
                break;
            case AnyValueKind.Bytes:
                text.Write("Bytes([");
                WriteBytes(text, value.Bytes);
                text.Write(']');
                break;
            case AnyValueKind.Array:
                text.Write("Slice(");
                WriteElements(text, value.Array, depth + 1);
                break;
            case AnyValueKind.KeyValueList:
                text.Write("Map(");
                WritePairs(text, value.KeyValues, depth + 1);
                break;
            case AnyValueKind.StringIndex:
                text.Write("StrIndex(");
                text.WriteInvariant(value.StringIndex);
                break;
            default:
                text.Write("Empty");
                return;
        }

        text.Write(')');
    }

    private static void WriteBytes(TextWriter text, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (i > 0)
                text.Write(", ");
            text.WriteInvariant(bytes[i]);
        }
    }

    private static void WriteElements(TextWriter text, ArrayValueReader array, int depth)
    {
        var separator = "";
        foreach (var element in array.Values)
        {
            text.Write(separator);
            separator = ", ";
            WriteValue(text, element, depth);
        }
    }

    private static void WritePairs(TextWriter text, KeyValueListReader list, int depth)
    {
        var separator = "";
        foreach (var pair in list.Values)
        {
            text.Write(separator);
            separator = ", ";
            text.WriteUtf8(pair.Key);
            text.Write(':');
            WriteValue(text, pair.Value, depth);
        }
    }
}
