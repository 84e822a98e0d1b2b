using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Values that are no texts, as JSON without what is to be hidden: of a list or a map, each text and each number is looked at by itself,
/// and those of a map by its keys.
/// </summary>
internal static class AttributeObfuscation
{
    /// <summary>Bodies that passed the validator nest less deep; this guards the stack.</summary>
    private const int MaxDepth = 64;

    private static ReadOnlySpan<byte> Hidden => "\"?\""u8;

    /// <summary>The text of an attribute, as <see cref="AttributeText"/> has it.</summary>
    /// <param name="value">Of the attribute.</param>
    /// <param name="kind">How it is hidden, by its key.</param>
    /// <param name="obfuscator">Null hides nothing.</param>
    /// <param name="room">Where it may be written.</param>
    /// <returns>The value itself, a part of the room, or a result of the obfuscator.</returns>
    public static ReadOnlySpan<byte> Text(AnyValueReader value, ObfuscationKind kind, Obfuscator? obfuscator, PooledBytes room)
    {
        var text = value.Bytes;
        if (value.Kind != AnyValueKind.String)
        {
            room.Clear();
            if (obfuscator is not null && kind <= ObfuscationKind.CardNumber
                && value.Kind is AnyValueKind.Array or AnyValueKind.KeyValueList)
            {
                WriteJson(value, kind, obfuscator, room);
                return room.Span;
            }

            AttributeText.Write(value, room);
            text = room.Span;
        }

        return obfuscator is null ? text : obfuscator.Apply(kind, text);
    }

    /// <summary>Appends a value.</summary>
    /// <param name="value">Of an attribute, or within one.</param>
    /// <param name="kind">How it is hidden, by the attribute's key.</param>
    /// <param name="obfuscator">Hides the texts.</param>
    /// <param name="json">Where it is written.</param>
    /// <param name="depth">How many lists and maps it is within.</param>
    public static void WriteJson(AnyValueReader value, ObfuscationKind kind, Obfuscator obfuscator, PooledBytes json, int depth = 0)
    {
        switch (value.Kind)
        {
            case AnyValueKind.String:
                AttributeText.WriteJsonString(obfuscator.Apply(kind, value.Bytes), json);
                break;
            case AnyValueKind.Bool or AnyValueKind.None when kind != ObfuscationKind.Whole:
            case AnyValueKind.Int when kind == ObfuscationKind.None || !CardNumber.Is(value.Int):
            case AnyValueKind.Double when kind == ObfuscationKind.None || !CardNumber.Is((long)value.Double):
                AttributeText.WriteJson(value, json);
                break;
            case AnyValueKind.Array when kind <= ObfuscationKind.CardNumber && depth < MaxDepth:
                WriteArray(value, kind, obfuscator, json, depth + 1);
                break;
            case AnyValueKind.KeyValueList when kind <= ObfuscationKind.CardNumber && depth < MaxDepth:
                WriteObject(value, obfuscator, json, depth + 1);
                break;
            case AnyValueKind.Bytes when kind <= ObfuscationKind.CardNumber:
                AttributeText.WriteJson(value, json);
                break;
            default:
                json.Write(Hidden);
                break;
        }
    }

    private static void WriteArray(AnyValueReader value, ObfuscationKind kind, Obfuscator obfuscator, PooledBytes json, int depth)
    {
        json.WriteByte((byte)'[');
        var isFirst = true;
        foreach (var element in value.Array.Values)
        {
            if (!isFirst)
                json.WriteByte((byte)',');
            isFirst = false;
            WriteJson(element, kind, obfuscator, json, depth);
        }

        json.WriteByte((byte)']');
    }

    private static void WriteObject(AnyValueReader value, Obfuscator obfuscator, PooledBytes json, int depth)
    {
        json.WriteByte((byte)'{');
        var isFirst = true;
        foreach (var pair in value.KeyValues.Values)
        {
            if (!isFirst)
                json.WriteByte((byte)',');
            isFirst = false;
            AttributeText.WriteJsonString(pair.Key, json);
            json.WriteByte((byte)':');
            WriteJson(pair.Value, SpanObfuscation.Of(SpanFamily.Other, pair.Key), obfuscator, json, depth);
        }

        json.WriteByte((byte)'}');
    }
}
