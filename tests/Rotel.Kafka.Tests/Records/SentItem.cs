using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;

namespace Rotel.Kafka.Records;

/// <summary>An item of a request in Google.Protobuf's reading.</summary>
/// <param name="Text">It and everything around it.</param>
/// <param name="Trace">The trace id in hexadecimal; null for none and for other signals.</param>
/// <param name="Attributes">The attributes of its resource in an order of their own; empty for none.</param>
/// <param name="Topic">The topic that its resource names; null for none that is legal.</param>
internal sealed record SentItem(string Text, string? Trace, string Attributes, string? Topic)
{
    public static List<SentItem> Of(IMessage request) => request switch
    {
        ExportTraceServiceRequest traces =>
            [.. traces.ResourceSpans.SelectMany(r => Of(
                new ExportTraceServiceRequest { ResourceSpans = { r } }, r.Resource, [.. r.ScopeSpans.SelectMany(s => s.Spans)]))],
        ExportMetricsServiceRequest metrics =>
            [.. metrics.ResourceMetrics.SelectMany(r => Of(new ExportMetricsServiceRequest { ResourceMetrics = { r } }, r.Resource, []))],
        _ => [.. ((ExportLogsServiceRequest)request).ResourceLogs
            .SelectMany(r => Of(new ExportLogsServiceRequest { ResourceLogs = { r } }, r.Resource, []))],
    };

    /// <summary>
    /// The shortest encoding of an item with what is around it, from its <see cref="Text"/>; not for data points, whose metric is not
    /// simply around them.
    /// </summary>
    public int MinBytes()
    {
        var parts = Text.Split('/');
        var length = parts[^1].Length / 2;
        foreach (var around in parts[..^1].Reverse().Append(""))
            length = (around.Length / 2) + 1 + CodedOutputStream.ComputeLengthSize(length) + length;
        return length;
    }

    private static IEnumerable<SentItem> Of(IMessage request, Resource? resource, List<Span> spans)
    {
        var attributes = resource is null ? "" : Pairs(resource.Attributes);
        var named = resource?.Attributes.FirstOrDefault(pair => pair.Key == RecordTrial.TopicAttribute)?.Value?.StringValue;
        var topic = named is { Length: > 0 and < 250 } and not "." and not ".."
            && named.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') ? named : null;
        return OtlpFlattening.Items(request)
            .Select((text, i) => new SentItem(text, spans.Count > 0 ? TraceOf(spans[i]) : null, attributes, topic));
    }

    private static string? TraceOf(Span span)
    {
        var isLegal = span.TraceId.Length == 16 && span.TraceId.Any(b => b != 0);
        return isLegal ? Convert.ToHexStringLower(span.TraceId.Span) : null;
    }

    private static string Pairs(RepeatedField<KeyValue> pairs) =>
        string.Join(";", pairs.Select(pair => $"{Hex(pair.Key)}={Value(pair.Value)}").Order(StringComparer.Ordinal));

    private static string Value(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => $"s{Hex(value.StringValue)}",
        AnyValue.ValueOneofCase.BytesValue => $"b{Convert.ToHexString(value.BytesValue.Span)}",
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => $"d{BitConverter.DoubleToInt64Bits(value.DoubleValue)}",
        AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(",", value.ArrayValue.Values.Select(Value))}]",
        AnyValue.ValueOneofCase.KvlistValue => $"{{{Pairs(value.KvlistValue.Values)}}}",
        AnyValue.ValueOneofCase.StringValueStrindex => $"i{value.StringValueStrindex}",
        _ => "none",
    };

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}
