using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rotel.Logging;

/// <summary>
/// For programs: an object per line, with <c>time</c>, <c>severity</c>, <c>category</c>, <c>event_id</c>, <c>event_name</c> where there is
/// one, <c>message</c>, <c>values</c> by their names in the message, and <c>exception</c>.
/// </summary>
internal sealed class JsonLineFormat : LineFormat
{
    /// <summary>The name that the template of a message has among its values.</summary>
    private const string Template = "{OriginalFormat}";

    /// <summary>
    /// Escapes what JSON asks for, control characters and Unicode's line breaks; other text stays readable. It is not for HTML.
    /// </summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write(LineBuffer line, in LogEvent logEvent)
    {
        var json = line.StartJson(Options);
        json.WriteStartObject();
        json.WriteString("time"u8, logEvent.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("severity"u8, logEvent.Severity);
        json.WriteString("category"u8, logEvent.Category);
        json.WriteNumber("event_id"u8, logEvent.Id.Id);
        if (!string.IsNullOrEmpty(logEvent.Id.Name))
            json.WriteString("event_name"u8, logEvent.Id.Name);
        json.WriteString("message"u8, logEvent.Message);
        if (logEvent.Values is { } values)
            WriteValues(json, values);
        if (logEvent.Exception is { } exception)
        {
            json.WriteStartObject("exception"u8);
            json.WriteString("type"u8, exception.GetType().FullName);
            json.WriteString("message"u8, exception.Message);
            json.WriteString("stack_trace"u8, exception.ToString());
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        line.Add("\n"u8);
    }

    /// <summary>Of values with the same name the last one counts: readers differ in what they make of two.</summary>
    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var hasAny = false;
        for (var i = 0; i < values.Count; i++)
        {
            var (name, value) = values[i];
            if (name == Template || IsGivenAgain(values, i))
                continue;
            if (!hasAny)
                json.WriteStartObject("values"u8);
            hasAny = true;
            json.WritePropertyName(name);
            if (value is IEnumerable items and not string)
                WriteItems(json, items);
            else
                WriteScalar(json, value);
        }

        if (hasAny)
            json.WriteEndObject();
    }

    private static bool IsGivenAgain(IReadOnlyList<KeyValuePair<string, object?>> values, int index)
    {
        for (var later = index + 1; later < values.Count; later++)
        {
            if (values[later].Key == values[index].Key)
                return true;
        }

        return false;
    }

    private static void WriteItems(Utf8JsonWriter json, IEnumerable items)
    {
        json.WriteStartArray();
        foreach (var item in items)
            WriteScalar(json, item);
        json.WriteEndArray();
    }

    /// <summary>Numbers that JSON has no way to write, and everything that is neither a number nor a truth value, become text.</summary>
    private static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case byte or sbyte or short or ushort or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case DateTime time:
                json.WriteStringValue(time);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case IFormattable formattable:
                json.WriteStringValue(formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }
}
