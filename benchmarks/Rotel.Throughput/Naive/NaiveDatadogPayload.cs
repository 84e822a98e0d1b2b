using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Datadog.TestKit.Traces;
using ZstdSharp;
using DatadogSpan = Rotel.Datadog.TestKit.Traces.Span;
using OtlpSpan = OpenTelemetry.Proto.Trace.V1.Span;

namespace Rotel.Throughput.Naive;

/// <summary>
/// Spans as Datadog's payload by Google.Protobuf, object for object: names, attributes, ids, times and errors. It spares itself what Rotel
/// does besides: naming rules, obfuscation, statistics and limits.
/// </summary>
internal static class NaiveDatadogPayload
{
    /// <summary>The body of a request.</summary>
    /// <param name="traces">One batch.</param>
    /// <param name="coding"><c>gzip</c>, <c>zstd</c>, or <c>none</c>.</param>
    public static byte[] Encode(ExportTraceServiceRequest traces, string coding)
    {
        using var body = new MemoryStream();
        using (Stream stream = coding switch
        {
            "zstd" => new CompressionStream(body, level: 1, leaveOpen: true),
            "gzip" => new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(body),
        })
        {
            Of(traces).WriteTo(stream);
        }

        return body.ToArray();
    }

    private static AgentPayload Of(ExportTraceServiceRequest traces)
    {
        var payload = new AgentPayload { AgentVersion = "0.0.0", TargetTps = 1, ErrorTps = 1 };
        payload.TracerPayloads.AddRange(traces.ResourceSpans.Select(Convert));
        return payload;
    }

    private static TracerPayload Convert(ResourceSpans resource)
    {
        var attributes = resource.Resource?.Attributes ?? [];
        var service = Text(attributes, "service.name") ?? "otlpresourcenoservicename";
        var result = new TracerPayload
        {
            LanguageName = Text(attributes, "telemetry.sdk.language") ?? "",
            Env = Text(attributes, "deployment.environment.name") ?? "",
            Hostname = Text(attributes, "host.name") ?? "",
        };
        foreach (var trace in resource.ScopeSpans.SelectMany(scope => scope.Spans).GroupBy(span => span.TraceId))
        {
            var chunk = new TraceChunk { Priority = 1 };
            chunk.Spans.AddRange(trace.Select(span => Convert(span, service, attributes)));
            result.Chunks.Add(chunk);
        }

        return result;
    }

    private static DatadogSpan Convert(OtlpSpan span, string service, RepeatedField<KeyValue> resource)
    {
        var kind = span.Kind.ToString().ToLowerInvariant();
        var result = new DatadogSpan
        {
            Service = service,
            Name = kind + ".request",
            Resource = span.Name,
            TraceId = span.TraceId.Length == 16 ? BinaryPrimitives.ReadUInt64BigEndian(span.TraceId.Span[8..]) : 0,
            SpanId = Id(span.SpanId),
            ParentId = Id(span.ParentSpanId),
            Start = (long)span.StartTimeUnixNano,
            Duration = (long)(span.EndTimeUnixNano - span.StartTimeUnixNano),
            Error = span.Status?.Code == Status.Types.StatusCode.Error ? 1 : 0,
            Type = span.Kind == OtlpSpan.Types.SpanKind.Server ? "web" : "custom",
        };
        foreach (var attribute in resource)
            Add(result, attribute);
        foreach (var attribute in span.Attributes)
            Add(result, attribute);
        result.Meta["span.kind"] = kind;
        result.Meta["otel.trace_id"] = System.Convert.ToHexStringLower(span.TraceId.Span);
        if (span.Events.Count > 0)
            result.Meta["events"] = span.Events.ToString();
        if (span.Links.Count > 0)
            result.Meta["_dd.span_links"] = span.Links.ToString();
        return result;
    }

    private static void Add(DatadogSpan span, KeyValue attribute)
    {
        switch (attribute.Value?.ValueCase)
        {
            case AnyValue.ValueOneofCase.IntValue:
                span.Metrics[attribute.Key] = attribute.Value.IntValue;
                break;
            case AnyValue.ValueOneofCase.DoubleValue:
                span.Metrics[attribute.Key] = attribute.Value.DoubleValue;
                break;
            case AnyValue.ValueOneofCase.StringValue:
                span.Meta[attribute.Key] = attribute.Value.StringValue;
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                span.Meta[attribute.Key] = attribute.Value.BoolValue ? "true" : "false";
                break;
            default:
                span.Meta[attribute.Key] = string.Create(CultureInfo.InvariantCulture, $"{attribute.Value}");
                break;
        }
    }

    private static ulong Id(ByteString id) => id.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(id.Span) : 0;

    private static string? Text(RepeatedField<KeyValue> attributes, string key) =>
        attributes.FirstOrDefault(attribute => attribute.Key == key)?.Value?.StringValue;
}
