using System.Text.Json;
using Names = Rotel.Otlp.Json.OtlpJsonNames;

namespace Rotel.Otlp.Json;

/// <content>
/// Profiles (v1development), which nothing else here looks into: numbers as in profiles.proto of opentelemetry-proto 1.11.0. A profile's id
/// is hexadecimal as the others are, the form in which the OpenTelemetry Collector writes it; the specification does not name it yet.
/// </content>
internal static partial class OtlpJsonSchema
{
    private static OtlpJsonMessage Profiles(OtlpJsonMessage resource, OtlpJsonMessage scope, OtlpJsonMessage anyValue)
    {
        var valueType = Message(Of("typeStrindex", 1, OtlpJsonKind.Int32), Of("unitStrindex", 2, OtlpJsonKind.Int32));
        var sample = Message(
            Of("stackIndex", 1, OtlpJsonKind.Int32),
            ListOf("attributeIndices", 2, OtlpJsonKind.Int32),
            Of("linkIndex", 3, OtlpJsonKind.Int32),
            ListOf("values", 4, OtlpJsonKind.Int64),
            ListOf("timestampsUnixNano", 5, OtlpJsonKind.Fixed64));
        var profile = Large(
            Nested(Key("sampleType"), 1, valueType),
            List(Key("samples"), 2, sample),
            Of("timeUnixNano", 3, OtlpJsonKind.Fixed64),
            Of("durationNano", 4, OtlpJsonKind.UInt64),
            Nested(Key("periodType"), 5, valueType),
            Of("period", 6, OtlpJsonKind.Int64),
            Of("profileId", 7, OtlpJsonKind.Id),
            Of("droppedAttributesCount", 8, OtlpJsonKind.UInt32),
            Of("originalPayloadFormat", 9, OtlpJsonKind.String),
            Of("originalPayload", 10, OtlpJsonKind.Bytes),
            ListOf("attributeIndices", 11, OtlpJsonKind.Int32));
        return Request(
            Key("resourceProfiles"),
            Key("scopeProfiles"),
            Key("profiles"),
            resource,
            scope,
            profile,
            Nested(Key("dictionary"), 2, Dictionary(anyValue)));
    }

    private static OtlpJsonMessage Dictionary(OtlpJsonMessage anyValue)
    {
        var line = Message(
            Of("functionIndex", 1, OtlpJsonKind.Int32), Of("line", 2, OtlpJsonKind.Int64), Of("column", 3, OtlpJsonKind.Int64));
        return Envelope(
            List(Key("mappingTable"), 1, Message(
                Of("memoryStart", 1, OtlpJsonKind.UInt64),
                Of("memoryLimit", 2, OtlpJsonKind.UInt64),
                Of("fileOffset", 3, OtlpJsonKind.UInt64),
                Of("filenameStrindex", 4, OtlpJsonKind.Int32),
                ListOf("attributeIndices", 5, OtlpJsonKind.Int32))),
            List(Key("locationTable"), 2, Message(
                Of("mappingIndex", 1, OtlpJsonKind.Int32),
                Of("address", 2, OtlpJsonKind.UInt64),
                List(Key("lines"), 3, line),
                ListOf("attributeIndices", 4, OtlpJsonKind.Int32))),
            List(Key("functionTable"), 3, Message(
                Of("nameStrindex", 1, OtlpJsonKind.Int32),
                Of("systemNameStrindex", 2, OtlpJsonKind.Int32),
                Of("filenameStrindex", 3, OtlpJsonKind.Int32),
                Of("startLine", 4, OtlpJsonKind.Int64))),
            List(Key("linkTable"), 4, Message(
                Scalar(Names.TraceId, 1, OtlpJsonKind.Id), Scalar(Names.SpanId, 2, OtlpJsonKind.Id))),
            ListOf("stringTable", 5, OtlpJsonKind.String),
            List(Key("attributeTable"), 6, Message(
                Of("keyStrindex", 1, OtlpJsonKind.Int32), Nested(Names.Value, 2, anyValue), Of("unitStrindex", 3, OtlpJsonKind.Int32))),
            List(Key("stackTable"), 7, Message(ListOf("locationIndices", 1, OtlpJsonKind.Int32))));
    }

    private static JsonEncodedText Key(string key) => JsonEncodedText.Encode(key);

    private static OtlpJsonField Of(string key, int number, OtlpJsonKind kind) => Scalar(Key(key), number, kind);

    private static OtlpJsonField ListOf(string key, int number, OtlpJsonKind kind) => List(Key(key), number, kind);
}
