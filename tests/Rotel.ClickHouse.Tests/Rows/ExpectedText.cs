using System.Globalization;
using System.Text;
using OpenTelemetry.Proto.Common.V1;

namespace Rotel.ClickHouse.Rows;

/// <summary>
/// Attribute values as text, as OpenTelemetry has it for protocols without types of their own:
/// https://opentelemetry.io/docs/specs/otel/common/#anyvalue. Read from Google.Protobuf's objects; shares nothing with the exporter.
/// </summary>
internal static class ExpectedText
{
    /// <summary>A value by itself: a string without quotes, nothing as the empty text.</summary>
    public static string Of(AnyValue? value) => value?.ValueCase switch
    {
        null or AnyValue.ValueOneofCase.None or AnyValue.ValueOneofCase.StringValueStrindex => "",
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.DoubleValue => Number(value.DoubleValue),
        _ => Json(value),
    };

    /// <summary>A value inside of JSON.</summary>
    public static string Json(AnyValue? value)
    {
        switch (value?.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                return Quote(value.StringValue);
            case AnyValue.ValueOneofCase.BoolValue:
                return value.BoolValue ? "true" : "false";
            case AnyValue.ValueOneofCase.IntValue:
                return value.IntValue.ToString(CultureInfo.InvariantCulture);
            case AnyValue.ValueOneofCase.DoubleValue:
                return double.IsFinite(value.DoubleValue) ? Number(value.DoubleValue) : Quote(Number(value.DoubleValue));
            case AnyValue.ValueOneofCase.BytesValue:
                return Quote(value.BytesValue.ToBase64());
            case AnyValue.ValueOneofCase.ArrayValue:
                return $"[{string.Join(',', value.ArrayValue.Values.Select(Json))}]";
            case AnyValue.ValueOneofCase.KvlistValue:
                return Json(value.KvlistValue);
            default:
                return "null";
        }
    }

    private static string Json(KeyValueList list) =>
        $"{{{string.Join(',', list.Values.Select(entry => $"{Quote(entry.Key)}:{Json(entry.Value)}"))}}}";

    // The shortest digits that read back as the same number.
    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    // Nothing is escaped but what JSON demands: https://www.rfc-editor.org/rfc/rfc8259#section-7
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
