using System.Text.Json;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Json;

/// <summary>The messages of logs.proto as OTLP/JSON.</summary>
internal static class LogRecordJson
{
    public static void Write(Utf8JsonWriter json, LogRecordReader record)
    {
        json.WriteStartObject();
        json.WriteUInt64IfSet(OtlpJsonNames.TimeUnixNano, record.TimeUnixNano);
        json.WriteUInt64IfSet(OtlpJsonNames.ObservedTimeUnixNano, record.ObservedTimeUnixNano);
        json.WriteInt32IfSet(OtlpJsonNames.SeverityNumber, record.SeverityNumber);
        json.WriteStringIfSet(OtlpJsonNames.SeverityText, record.SeverityText);
        if (record.HasBody)
            CommonJson.WriteValue(json, OtlpJsonNames.Body, record.Body);
        CommonJson.WriteAttributes(json, OtlpJsonNames.Attributes, record.Attributes);
        json.WriteInt32IfSet(OtlpJsonNames.DroppedAttributesCount, record.DroppedAttributesCount);
        json.WriteInt32IfSet(OtlpJsonNames.Flags, record.Flags);
        json.WriteIdIfSet(OtlpJsonNames.TraceId, record.TraceId);
        json.WriteIdIfSet(OtlpJsonNames.SpanId, record.SpanId);
        json.WriteStringIfSet(OtlpJsonNames.EventName, record.EventName);
        json.WriteEndObject();
    }
}
