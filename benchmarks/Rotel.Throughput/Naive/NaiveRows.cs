using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.Throughput.Naive;

/// <summary>
/// Spans as rows of objects, as ClickHouse.Driver takes them, in the order of <see cref="Sink.SpanColumns"/>: the same values as the exporter
/// sends, but for times, of which .NET's own type keeps 100 ns. What a resource and a scope say is made once for all of its spans.
/// </summary>
/// <param name="jsonColumns">Attributes as JSON text for columns of the type JSON, which the server is told to read as text; otherwise as
/// maps.</param>
internal sealed class NaiveRows(bool jsonColumns)
{
    public IEnumerable<object[]> Of(ExportTraceServiceRequest traces)
    {
        foreach (var resource in traces.ResourceSpans)
        {
            var resourceAttributes = Attributes(resource.Resource?.Attributes);
            var service = Service(resource.Resource);
            foreach (var scope in resource.ScopeSpans)
            {
                foreach (var span in scope.Spans)
                    yield return Row(span, service, resourceAttributes, scope.Scope);
            }
        }
    }

    private object[] Row(Span span, string service, object resourceAttributes, InstrumentationScope? scope) =>
    [
        Time(span.StartTimeUnixNano),
        Hex(span.TraceId),
        Hex(span.SpanId),
        Hex(span.ParentSpanId),
        span.TraceState,
        span.Name,
        Enum.IsDefined(span.Kind) ? span.Kind.ToString() : "Unspecified",
        service,
        resourceAttributes,
        scope?.Name ?? "",
        scope?.Version ?? "",
        Attributes(span.Attributes),
        span.EndTimeUnixNano > span.StartTimeUnixNano ? span.EndTimeUnixNano - span.StartTimeUnixNano : 0UL,
        span.Status?.Code.ToString() ?? "Unset",
        span.Status?.Message ?? "",
        span.Events.Select(e => Time(e.TimeUnixNano)).ToArray(),
        span.Events.Select(e => e.Name).ToArray(),
        span.Events.Select(e => Attributes(e.Attributes)).ToArray(),
        span.Links.Select(link => Hex(link.TraceId)).ToArray(),
        span.Links.Select(link => Hex(link.SpanId)).ToArray(),
        span.Links.Select(link => link.TraceState).ToArray(),
        span.Links.Select(link => Attributes(link.Attributes)).ToArray(),
    ];

    private object Attributes(RepeatedField<KeyValue>? attributes)
    {
        if (jsonColumns)
            return Json(attributes).ToJsonString();
        var map = new Dictionary<string, string>();
        foreach (var attribute in attributes ?? [])
            map[attribute.Key] = Text(attribute.Value);
        return map;
    }

    private static JsonObject Json(RepeatedField<KeyValue>? attributes)
    {
        var json = new JsonObject();
        foreach (var attribute in attributes ?? [])
            json[attribute.Key] = Json(attribute.Value);
        return json;
    }

    private static JsonNode? Json(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue,
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.ArrayValue => new JsonArray([.. value.ArrayValue.Values.Select(Json)]),
        AnyValue.ValueOneofCase.KvlistValue => Json(value.KvlistValue.Values),
        _ => null,
    };

    private static string Text(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        null or AnyValue.ValueOneofCase.None => "",
        _ => JsonSerializer.Serialize(Json(value)),
    };

    private static string Service(Resource? resource) =>
        resource?.Attributes.FirstOrDefault(attribute => attribute.Key == "service.name")?.Value?.StringValue ?? "";

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    private static DateTime Time(ulong nanoseconds) => DateTime.UnixEpoch.AddTicks((long)(nanoseconds / 100));
}
