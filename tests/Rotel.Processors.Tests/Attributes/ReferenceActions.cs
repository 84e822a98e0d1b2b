using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Common.V1;

namespace Rotel.Processors.Attributes;

/// <summary>The actions on objects, as plainly as they can be said.</summary>
internal static class ReferenceActions
{
    public static void Apply(IEnumerable<AttributeAction> actions, RepeatedField<KeyValue> attributes)
    {
        foreach (var action in actions)
            Apply(action, attributes);
    }

    private static void Apply(AttributeAction action, RepeatedField<KeyValue> attributes)
    {
        var first = attributes.FirstOrDefault(pair => pair.Key == action.Key);
        var concerned = attributes
            .Where(pair => action.Key is null ? Regex.IsMatch(pair.Key, action.Pattern!) : pair.Key == action.Key)
            .ToList();
        switch (action.Kind)
        {
            case AttributeActionKind.Insert or AttributeActionKind.Update or AttributeActionKind.Upsert:
                var source = action.FromKey is null ? null : attributes.FirstOrDefault(pair => pair.Key == action.FromKey);
                if (action.FromKey is not null && source is null)
                    break;
                var value = source is null ? action.Value!.ToAnyValue() : source.Value?.Clone();
                if (first is null ? action.Kind != AttributeActionKind.Update : action.Kind != AttributeActionKind.Insert)
                    Set(attributes, action.Key!, value);
                break;
            case AttributeActionKind.Extract:
                if (first?.Value is not { HasStringValue: true } text || Regex.Match(text.StringValue, action.Pattern!) is not { Success: true } match)
                    break;
                foreach (Group group in match.Groups)
                {
                    if (group.Success && !char.IsAsciiDigit(group.Name[0]))
                        Set(attributes, group.Name, new AnyValue { StringValue = WellFormed(group.Value) });
                }

                break;
            case AttributeActionKind.Convert:
                foreach (var pair in concerned)
                    pair.Value = Convert(pair.Value, action.Type!.Value);
                break;
            case AttributeActionKind.Rename:
                if (first is null)
                    break;
                Remove(attributes, pair => pair.Key == action.NewKey || (pair.Key == action.Key && !ReferenceEquals(pair, first)));
                first.Key = action.NewKey;
                break;
            case AttributeActionKind.Hash:
                foreach (var pair in concerned)
                    pair.Value = Hash(pair.Value);
                break;
            default:
                Remove(attributes, pair => concerned.Any(other => ReferenceEquals(other, pair)));
                break;
        }
    }

    private static void Set(RepeatedField<KeyValue> attributes, string key, AnyValue? value)
    {
        var first = attributes.FirstOrDefault(pair => pair.Key == key);
        if (first is null)
            attributes.Add(new KeyValue { Key = key, Value = value });
        else
            first.Value = value;
        Remove(attributes, pair => pair.Key == key && first is not null && !ReferenceEquals(pair, first));
    }

    private static void Remove(RepeatedField<KeyValue> attributes, Func<KeyValue, bool> isRemoved)
    {
        var left = attributes.Where(pair => !isRemoved(pair)).ToList();
        attributes.Clear();
        attributes.Add(left);
    }

    private static AnyValue? Hash(AnyValue? value) => Text(value) is { } text
        ? new AnyValue { StringValue = System.Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) }
        : value;

    private static AnyValue? Convert(AnyValue? value, AttributeValueType type)
    {
        switch (type)
        {
            case AttributeValueType.Text:
                return value is { HasStringValue: false } && Text(value) is { } text ? new AnyValue { StringValue = text } : value;
            case AttributeValueType.WholeNumber:
                return value?.ValueCase switch
                {
                    AnyValue.ValueOneofCase.StringValue when long.TryParse(value.StringValue, CultureInfo.InvariantCulture, out var parsed) =>
                        new AnyValue { IntValue = parsed },
                    AnyValue.ValueOneofCase.BoolValue => new AnyValue { IntValue = value.BoolValue ? 1 : 0 },
                    AnyValue.ValueOneofCase.DoubleValue when Math.Abs(value.DoubleValue) < long.MaxValue =>
                        new AnyValue { IntValue = (long)Math.Truncate(value.DoubleValue) },
                    _ => value,
                };
            case AttributeValueType.FloatingPoint:
                return value?.ValueCase switch
                {
                    AnyValue.ValueOneofCase.StringValue when double.TryParse(
                        value.StringValue, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => new AnyValue { DoubleValue = parsed },
                    AnyValue.ValueOneofCase.BoolValue => new AnyValue { DoubleValue = value.BoolValue ? 1 : 0 },
                    AnyValue.ValueOneofCase.IntValue => new AnyValue { DoubleValue = value.IntValue },
                    _ => value,
                };
            default:
                return value?.ValueCase switch
                {
                    AnyValue.ValueOneofCase.StringValue => value.StringValue.ToLowerInvariant() switch
                    {
                        "true" or "1" or "t" or "y" or "yes" => new AnyValue { BoolValue = true },
                        "false" or "0" or "f" or "n" or "no" => new AnyValue { BoolValue = false },
                        _ => value,
                    },
                    AnyValue.ValueOneofCase.IntValue => new AnyValue { BoolValue = value.IntValue != 0 },
                    AnyValue.ValueOneofCase.DoubleValue => new AnyValue { BoolValue = value.DoubleValue != 0 },
                    _ => value,
                };
        }
    }

    /// <summary>https://opentelemetry.io/docs/specs/otel/common/#mapping-anyvalue-to-non-otlp-protocols.</summary>
    private static string? Text(AnyValue? value) => value?.ValueCase switch
    {
        null or AnyValue.ValueOneofCase.None or AnyValue.ValueOneofCase.StringValueStrindex => null,
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        _ => Json(value),
    };

    private static string Json(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => Quoted(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue when !double.IsFinite(value.DoubleValue) => Quoted(Text(value)!),
        AnyValue.ValueOneofCase.DoubleValue or AnyValue.ValueOneofCase.BytesValue when value.HasDoubleValue => Text(value)!,
        AnyValue.ValueOneofCase.BytesValue => Quoted(Text(value)!),
        AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(',', value.ArrayValue.Values.Select(Json))}]",
        AnyValue.ValueOneofCase.KvlistValue =>
            $"{{{string.Join(',', value.KvlistValue.Values.Select(pair => $"{Quoted(pair.Key)}:{Json(pair.Value)}"))}}}",
        _ => "null",
    };

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' => $"\\u{(int)character:x4}",
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A pattern can cut a surrogate pair in two.</summary>
    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
