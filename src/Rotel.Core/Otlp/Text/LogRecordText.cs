using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Text;

/// <summary>Log records as text.</summary>
internal static class LogRecordText
{
    public static void Write(TextWriter text, int index, LogRecordReader record)
    {
        text.WriteNamed("LogRecord #", index);
        text.WriteNamed("ObservedTimestamp: ", record.ObservedTimeUnixNano);
        text.WriteNamed("Timestamp: ", record.TimeUnixNano);
        text.Write("SeverityText: ");
        text.WriteUtf8(record.SeverityText);
        text.WriteLine();
        text.Write($"SeverityNumber: {OtlpEnumNames.SeverityNumber(record.SeverityNumber)}");
        text.Write('(');
        text.WriteInvariant(record.SeverityNumber);
        text.WriteLine(')');
        if (!record.EventName.IsEmpty)
        {
            text.Write("EventName: ");
            text.WriteUtf8(record.EventName);
            text.WriteLine();
        }

        text.Write("Body: ");
        text.WriteValue(record.Body);
        text.WriteLine();
        text.WriteAttributes("Attributes:", record.Attributes);
        if (record.DroppedAttributesCount > 0)
            text.WriteNamed("Dropped attributes count: ", record.DroppedAttributesCount);
        text.WriteLine($"Trace ID: {Convert.ToHexStringLower(record.TraceId)}");
        text.WriteLine($"Span ID: {Convert.ToHexStringLower(record.SpanId)}");
        text.WriteNamed("Flags: ", record.Flags);
    }
}
