using Microsoft.Extensions.Logging;
using Rotel.Otlp.Wire;
using F = Rotel.Otlp.Fields.LogFields.LogRecord;

namespace Rotel.Telemetry;

/// <summary>
/// Writes a message of <see cref="ILogger"/> as an OTLP LogRecord: what it says as body, its template's values and its exception as
/// attributes (https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/).
/// </summary>
internal static class LogRecordWriting
{
    private const string Template = "{OriginalFormat}";

    /// <param name="writer">Gets the record.</param>
    /// <param name="field">In which field.</param>
    /// <param name="at">When, in nanoseconds of Unix time.</param>
    /// <param name="level">How severe.</param>
    /// <param name="category">Of the logger.</param>
    /// <param name="eventId">Which event.</param>
    /// <param name="body">What it says.</param>
    /// <param name="state">The values of its template, where it is a list of them.</param>
    /// <param name="exception">Null for none.</param>
    public static void Write(
        MessageWriter writer,
        int field,
        ulong at,
        LogLevel level,
        string category,
        EventId eventId,
        string body,
        object? state,
        Exception? exception)
    {
        var record = writer.Begin(field);
        writer.WriteFixed64(F.TimeUnixNano, at);
        writer.WriteVarint(F.SeverityNumber, SeverityOf(level));
        writer.WriteText(F.SeverityText, level.ToString());
        writer.WriteValue(F.Body, body);
        writer.WriteAttribute(F.Attributes, "rotel.category", category);
        if (eventId.Id != 0)
            writer.WriteAttribute(F.Attributes, "rotel.event.id", eventId.Id);
        foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
        {
            if (name != Template && value is not null)
                writer.WriteAttribute(F.Attributes, name, value);
        }

        if (exception is not null)
        {
            writer.WriteAttribute(F.Attributes, "exception.type", exception.GetType().FullName ?? exception.GetType().Name);
            writer.WriteAttribute(F.Attributes, "exception.message", exception.Message);
            writer.WriteAttribute(F.Attributes, "exception.stacktrace", exception.ToString());
        }

        writer.WriteFixed64(F.ObservedTimeUnixNano, at);
        if (eventId.Name is { Length: > 0 } eventName)
            writer.WriteText(F.EventName, eventName);
        writer.End(record);
    }

    /// <summary>The first number of each range of SeverityNumber.</summary>
    private static ulong SeverityOf(LogLevel level) => level switch
    {
        LogLevel.Trace => 1,
        LogLevel.Debug => 5,
        LogLevel.Information => 9,
        LogLevel.Warning => 13,
        LogLevel.Error => 17,
        _ => 21,
    };
}
