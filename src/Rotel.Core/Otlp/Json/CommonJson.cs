using System.Text.Json;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Json;

/// <summary>The messages of common.proto and resource.proto as OTLP/JSON.</summary>
internal static class CommonJson
{
    /// <summary>
    /// How deep values may nest inside values. The validator bounds bodies before they come here; this guards the stack of whoever writes
    /// a body that it never saw.
    /// </summary>
    public const int MaxValueDepth = 64;

    public static void WriteResource(Utf8JsonWriter json, ResourceReader resource)
    {
        json.WriteStartObject();
        WriteAttributes(json, OtlpJsonNames.Attributes, resource.Attributes);
        json.WriteInt32IfSet(OtlpJsonNames.DroppedAttributesCount, resource.DroppedAttributesCount);
        if (!resource.EntityRefs.IsEmpty)
        {
            json.WriteStartArray(OtlpJsonNames.EntityRefs);
            foreach (var entity in resource.EntityRefs)
                WriteEntityRef(json, entity);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static void WriteScope(Utf8JsonWriter json, InstrumentationScopeReader scope)
    {
        json.WriteStartObject();
        json.WriteStringIfSet(OtlpJsonNames.Name, scope.Name);
        json.WriteStringIfSet(OtlpJsonNames.Version, scope.Version);
        WriteAttributes(json, OtlpJsonNames.Attributes, scope.Attributes);
        json.WriteInt32IfSet(OtlpJsonNames.DroppedAttributesCount, scope.DroppedAttributesCount);
        json.WriteEndObject();
    }

    /// <summary>Writes a list of attributes under <paramref name="name"/>, or nothing when there are none.</summary>
    public static void WriteAttributes(Utf8JsonWriter json, JsonEncodedText name, WireList<KeyValueReader> attributes) =>
        WriteKeyValues(json, name, attributes, depth: 0);

    public static void WriteValue(Utf8JsonWriter json, JsonEncodedText name, AnyValueReader value)
    {
        json.WritePropertyName(name);
        WriteAnyValue(json, value, depth: 0);
    }

    private static void WriteEntityRef(Utf8JsonWriter json, EntityRefReader entity)
    {
        json.WriteStartObject();
        json.WriteStringIfSet(OtlpJsonNames.SchemaUrl, entity.SchemaUrl);
        json.WriteStringIfSet(OtlpJsonNames.Type, entity.Type);
        WriteStrings(json, OtlpJsonNames.IdKeys, entity.IdKeys);
        WriteStrings(json, OtlpJsonNames.DescriptionKeys, entity.DescriptionKeys);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, JsonEncodedText name, WireList<Utf8StringReader> strings)
    {
        if (strings.IsEmpty)
            return;

        json.WriteStartArray(name);
        foreach (var text in strings)
            json.WriteStringValue(text.Bytes);
        json.WriteEndArray();
    }

    private static void WriteKeyValues(Utf8JsonWriter json, JsonEncodedText name, WireList<KeyValueReader> pairs, int depth)
    {
        if (pairs.IsEmpty)
            return;

        json.WriteStartArray(name);
        foreach (var pair in pairs)
        {
            json.WriteStartObject();
            json.WriteStringIfSet(OtlpJsonNames.Key, pair.Key);
            if (pair.HasValue)
            {
                json.WritePropertyName(OtlpJsonNames.Value);
                WriteAnyValue(json, pair.Value, depth);
            }

            json.WriteInt32IfSet(OtlpJsonNames.KeyStrindex, pair.KeyIndex);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Members of a oneof have presence: the one that is set is written even when it is the default.</summary>
    private static void WriteAnyValue(Utf8JsonWriter json, AnyValueReader value, int depth)
    {
        if (depth == MaxValueDepth)
            WireFormatException.ThrowDepth(MaxValueDepth);

        json.WriteStartObject();
        switch (value.Kind)
        {
            case AnyValueKind.String:
                json.WriteString(OtlpJsonNames.StringValue, value.Bytes);
                break;
            case AnyValueKind.Bool:
                json.WriteBoolean(OtlpJsonNames.BoolValue, value.Bool);
                break;
            case AnyValueKind.Int:
                json.WriteInt64(OtlpJsonNames.IntValue, value.Int);
                break;
            case AnyValueKind.Double:
                json.WriteDouble(OtlpJsonNames.DoubleValue, value.Double);
                break;
            case AnyValueKind.Array:
                json.WriteStartObject(OtlpJsonNames.ArrayValue);
                WriteElements(json, value.Array.Values, depth + 1);
                json.WriteEndObject();
                break;
            case AnyValueKind.KeyValueList:
                json.WriteStartObject(OtlpJsonNames.KvlistValue);
                WriteKeyValues(json, OtlpJsonNames.Values, value.KeyValues.Values, depth + 1);
                json.WriteEndObject();
                break;
            case AnyValueKind.Bytes:
                json.WriteBase64String(OtlpJsonNames.BytesValue, value.Bytes);
                break;
            case AnyValueKind.StringIndex:
                json.WriteNumber(OtlpJsonNames.StringValueStrindex, value.StringIndex);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteElements(Utf8JsonWriter json, WireList<AnyValueReader> elements, int depth)
    {
        if (elements.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.Values);
        foreach (var element in elements)
            WriteAnyValue(json, element, depth);
        json.WriteEndArray();
    }
}
