using System.Text.Json;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Json;

/// <summary>The messages of trace.proto as OTLP/JSON.</summary>
internal static class SpanJson
{
    public static void Write(Utf8JsonWriter json, SpanReader span)
    {
        json.WriteStartObject();
        json.WriteIdIfSet(OtlpJsonNames.TraceId, span.TraceId);
        json.WriteIdIfSet(OtlpJsonNames.SpanId, span.SpanId);
        json.WriteStringIfSet(OtlpJsonNames.TraceState, span.TraceState);
        json.WriteIdIfSet(OtlpJsonNames.ParentSpanId, span.ParentSpanId);
        json.WriteInt32IfSet(OtlpJsonNames.Flags, span.Flags);
        json.WriteStringIfSet(OtlpJsonNames.Name, span.Name);
        json.WriteInt32IfSet(OtlpJsonNames.Kind, span.Kind);
        json.WriteUInt64IfSet(OtlpJsonNames.StartTimeUnixNano, span.StartTimeUnixNano);
        json.WriteUInt64IfSet(OtlpJsonNames.EndTimeUnixNano, span.EndTimeUnixNano);
        CommonJson.WriteAttributes(json, OtlpJsonNames.Attributes, span.Attributes);
        json.WriteInt32IfSet(OtlpJsonNames.DroppedAttributesCount, span.DroppedAttributesCount);
        WriteEvents(json, span.Events);
        json.WriteInt32IfSet(OtlpJsonNames.DroppedEventsCount, span.DroppedEventsCount);
        WriteLinks(json, span.Links);
        json.WriteInt32IfSet(OtlpJsonNames.DroppedLinksCount, span.DroppedLinksCount);
        if (span.HasStatus)
            WriteStatus(json, span.Status);
        json.WriteEndObject();
    }

    private static void WriteEvents(Utf8JsonWriter json, WireList<SpanEventReader> events)
    {
        if (events.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.Events);
        foreach (var spanEvent in events)
        {
            json.WriteStartObject();
            json.WriteUInt64IfSet(OtlpJsonNames.TimeUnixNano, spanEvent.TimeUnixNano);
            json.WriteStringIfSet(OtlpJsonNames.Name, spanEvent.Name);
            CommonJson.WriteAttributes(json, OtlpJsonNames.Attributes, spanEvent.Attributes);
            json.WriteInt32IfSet(OtlpJsonNames.DroppedAttributesCount, spanEvent.DroppedAttributesCount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLinks(Utf8JsonWriter json, WireList<SpanLinkReader> links)
    {
        if (links.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.Links);
        foreach (var link in links)
        {
            json.WriteStartObject();
            json.WriteIdIfSet(OtlpJsonNames.TraceId, link.TraceId);
            json.WriteIdIfSet(OtlpJsonNames.SpanId, link.SpanId);
            json.WriteStringIfSet(OtlpJsonNames.TraceState, link.TraceState);
            CommonJson.WriteAttributes(json, OtlpJsonNames.Attributes, link.Attributes);
            json.WriteInt32IfSet(OtlpJsonNames.DroppedAttributesCount, link.DroppedAttributesCount);
            json.WriteInt32IfSet(OtlpJsonNames.Flags, link.Flags);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStatus(Utf8JsonWriter json, SpanStatusReader status)
    {
        json.WriteStartObject(OtlpJsonNames.Status);
        json.WriteStringIfSet(OtlpJsonNames.Message, status.Message);
        json.WriteInt32IfSet(OtlpJsonNames.Code, status.Code);
        json.WriteEndObject();
    }
}
