using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Text;

/// <summary>Spans, their events and links as text.</summary>
internal static class SpanText
{
    public static void Write(TextWriter text, int index, SpanReader span)
    {
        text.WriteNamed("Span #", index);
        text.WriteIdField("Trace ID", span.TraceId);
        text.WriteIdField("Parent ID", span.ParentSpanId);
        text.WriteIdField("ID", span.SpanId);
        text.WriteField("Name", span.Name);
        text.WriteField("Kind", OtlpEnumNames.SpanKind(span.Kind));
        if (!span.TraceState.IsEmpty)
            text.WriteField("TraceState", span.TraceState);
        if (span.Flags != 0)
            text.WriteField("Flags", span.Flags);
        text.WriteField("Start time", span.StartTimeUnixNano);
        text.WriteField("End time", span.EndTimeUnixNano);
        var status = span.Status;
        text.WriteField("Status code", OtlpEnumNames.StatusCode(status.Code));
        text.WriteField("Status message", status.Message);
        if (span.DroppedAttributesCount + span.DroppedEventsCount + span.DroppedLinksCount > 0)
            WriteDropped(text, span);
        text.WriteAttributes("Attributes:", span.Attributes);
        WriteEvents(text, span.Events);
        WriteLinks(text, span.Links);
    }

    private static void WriteDropped(TextWriter text, SpanReader span)
    {
        text.WriteField("Dropped attrs", span.DroppedAttributesCount);
        text.WriteField("Dropped events", span.DroppedEventsCount);
        text.WriteField("Dropped links", span.DroppedLinksCount);
    }

    private static void WriteEvents(TextWriter text, WireList<SpanEventReader> events)
    {
        if (events.IsEmpty)
            return;

        text.WriteLine("Events:");
        var index = 0;
        foreach (var spanEvent in events)
        {
            text.WriteNamed("SpanEvent #", index++);
            text.Write("     -> Name: ");
            text.WriteUtf8(spanEvent.Name);
            text.WriteLine();
            text.WriteNamed("     -> Timestamp: ", spanEvent.TimeUnixNano);
            text.WriteNamed("     -> DroppedAttributesCount: ", spanEvent.DroppedAttributesCount);
            text.WriteAttributes("     -> Attributes:", spanEvent.Attributes, "          ");
        }
    }

    private static void WriteLinks(TextWriter text, WireList<SpanLinkReader> links)
    {
        if (links.IsEmpty)
            return;

        text.WriteLine("Links:");
        var index = 0;
        foreach (var link in links)
        {
            text.WriteNamed("SpanLink #", index++);
            text.WriteLine($"     -> Trace ID: {Convert.ToHexStringLower(link.TraceId)}");
            text.WriteLine($"     -> ID: {Convert.ToHexStringLower(link.SpanId)}");
            text.Write("     -> TraceState: ");
            text.WriteUtf8(link.TraceState);
            text.WriteLine();
            text.WriteNamed("     -> Flags: ", link.Flags);
            text.WriteNamed("     -> DroppedAttributesCount: ", link.DroppedAttributesCount);
            text.WriteAttributes("     -> Attributes:", link.Attributes, "          ");
        }
    }
}
