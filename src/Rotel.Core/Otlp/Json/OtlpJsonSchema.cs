using System.Text.Json;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Text;
using Names = Rotel.Otlp.Json.OtlpJsonNames;

namespace Rotel.Otlp.Json;

/// <summary>
/// Every message that an Export…ServiceRequest can hold, field by field, as <see cref="OtlpJsonReader"/> needs to know it: a row per
/// field, in the order of the .proto files. A test holds it to their descriptors.
/// </summary>
internal static partial class OtlpJsonSchema
{
    private static readonly OtlpJsonMessage TracesRequest;
    private static readonly OtlpJsonMessage MetricsRequest;
    private static readonly OtlpJsonMessage LogsRequest;
    private static readonly OtlpJsonMessage ProfilesRequest;

    static OtlpJsonSchema()
    {
        var anyValue = Message();
        var attribute = Message();
        attribute.Define(
            Text(Names.Key, CommonFields.KeyValue.Key),
            Nested(Names.Value, CommonFields.KeyValue.Value, anyValue),
            Scalar(Names.KeyStrindex, CommonFields.KeyValue.KeyStrindex, OtlpJsonKind.Int32));
        DefineAnyValue(anyValue, attribute);

        var entityRef = Message(
            Text(Names.SchemaUrl, CommonFields.EntityRef.SchemaUrl),
            Text(Names.Type, CommonFields.EntityRef.Type),
            List(Names.IdKeys, CommonFields.EntityRef.IdKeys, OtlpJsonKind.String),
            List(Names.DescriptionKeys, CommonFields.EntityRef.DescriptionKeys, OtlpJsonKind.String));
        var resource = Large(
            List(Names.Attributes, ResourceFields.Resource.Attributes, attribute),
            Scalar(Names.DroppedAttributesCount, ResourceFields.Resource.DroppedAttributesCount, OtlpJsonKind.UInt32),
            List(Names.EntityRefs, ResourceFields.Resource.EntityRefs, entityRef));
        var scope = Message(
            Text(Names.Name, CommonFields.InstrumentationScope.Name),
            Text(Names.Version, CommonFields.InstrumentationScope.Version),
            List(Names.Attributes, CommonFields.InstrumentationScope.Attributes, attribute),
            Scalar(Names.DroppedAttributesCount, CommonFields.InstrumentationScope.DroppedAttributesCount, OtlpJsonKind.UInt32));

        TracesRequest = Request(Names.ResourceSpans, Names.ScopeSpans, Names.Spans, resource, scope, Span(attribute));
        MetricsRequest = Request(Names.ResourceMetrics, Names.ScopeMetrics, Names.Metrics, resource, scope, Metric(attribute));
        LogsRequest = Request(Names.ResourceLogs, Names.ScopeLogs, Names.LogRecords, resource, scope, LogRecord(attribute, anyValue));
        ProfilesRequest = Profiles(resource, scope, anyValue);
    }

    /// <summary>How many messages there are, the requests with their envelopes included.</summary>
    public static int MessageCount { get; private set; }

    /// <summary>The whole body: Export…ServiceRequest of a signal.</summary>
    public static OtlpJsonMessage Request(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => TracesRequest,
        OtlpSignal.Metrics => MetricsRequest,
        OtlpSignal.Logs => LogsRequest,
        _ => ProfilesRequest,
    };

    private static OtlpJsonMessage Request(
        JsonEncodedText resources,
        JsonEncodedText scopes,
        JsonEncodedText items,
        OtlpJsonMessage resource,
        OtlpJsonMessage scope,
        OtlpJsonMessage item,
        params ReadOnlySpan<OtlpJsonField> beside)
    {
        var scopeEnvelope = Envelope(
            Nested(Names.Scope, CollectorFields.ScopeEnvelope.Scope, scope),
            List(items, CollectorFields.ScopeEnvelope.Items, item),
            Text(Names.SchemaUrl, CollectorFields.ScopeEnvelope.SchemaUrl));
        var resourceEnvelope = Envelope(
            Nested(Names.Resource, CollectorFields.ResourceEnvelope.Resource, resource),
            List(scopes, CollectorFields.ResourceEnvelope.Scopes, scopeEnvelope),
            Text(Names.SchemaUrl, CollectorFields.ResourceEnvelope.SchemaUrl));
        return Envelope([List(resources, CollectorFields.ExportRequest.Resources, resourceEnvelope), .. beside]);
    }

    private static void DefineAnyValue(OtlpJsonMessage anyValue, OtlpJsonMessage attribute) => anyValue.Define(
        Text(Names.StringValue, CommonFields.AnyValue.StringValue),
        Scalar(Names.BoolValue, CommonFields.AnyValue.BoolValue, OtlpJsonKind.Bool),
        Scalar(Names.IntValue, CommonFields.AnyValue.IntValue, OtlpJsonKind.Int64),
        Scalar(Names.DoubleValue, CommonFields.AnyValue.DoubleValue, OtlpJsonKind.Double),
        Nested(Names.ArrayValue, CommonFields.AnyValue.ArrayValue, Message(
            List(Names.Values, CommonFields.ArrayValue.Values, anyValue))),
        Nested(Names.KvlistValue, CommonFields.AnyValue.KvlistValue, Message(
            List(Names.Values, CommonFields.KeyValueList.Values, attribute))),
        Scalar(Names.BytesValue, CommonFields.AnyValue.BytesValue, OtlpJsonKind.Bytes),
        Scalar(Names.StringValueStrindex, CommonFields.AnyValue.StringValueStrindex, OtlpJsonKind.Int32));

    private static OtlpJsonMessage Span(OtlpJsonMessage attribute)
    {
        var spanEvent = Message(
            Scalar(Names.TimeUnixNano, TraceFields.Event.TimeUnixNano, OtlpJsonKind.Fixed64),
            Text(Names.Name, TraceFields.Event.Name),
            List(Names.Attributes, TraceFields.Event.Attributes, attribute),
            Scalar(Names.DroppedAttributesCount, TraceFields.Event.DroppedAttributesCount, OtlpJsonKind.UInt32));
        var link = Message(
            Scalar(Names.TraceId, TraceFields.Link.TraceId, OtlpJsonKind.Id),
            Scalar(Names.SpanId, TraceFields.Link.SpanId, OtlpJsonKind.Id),
            Text(Names.TraceState, TraceFields.Link.TraceState),
            List(Names.Attributes, TraceFields.Link.Attributes, attribute),
            Scalar(Names.DroppedAttributesCount, TraceFields.Link.DroppedAttributesCount, OtlpJsonKind.UInt32),
            Scalar(Names.Flags, TraceFields.Link.Flags, OtlpJsonKind.Fixed32));
        var status = Message(
            Text(Names.Message, TraceFields.Status.Message),
            Enumeration(Names.Code, TraceFields.Status.Code, OtlpEnumNames.StatusCodes));
        return Large(
            Scalar(Names.TraceId, TraceFields.Span.TraceId, OtlpJsonKind.Id),
            Scalar(Names.SpanId, TraceFields.Span.SpanId, OtlpJsonKind.Id),
            Text(Names.TraceState, TraceFields.Span.TraceState),
            Scalar(Names.ParentSpanId, TraceFields.Span.ParentSpanId, OtlpJsonKind.Id),
            Scalar(Names.Flags, TraceFields.Span.Flags, OtlpJsonKind.Fixed32),
            Text(Names.Name, TraceFields.Span.Name),
            Enumeration(Names.Kind, TraceFields.Span.Kind, OtlpEnumNames.SpanKinds),
            Scalar(Names.StartTimeUnixNano, TraceFields.Span.StartTimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.EndTimeUnixNano, TraceFields.Span.EndTimeUnixNano, OtlpJsonKind.Fixed64),
            List(Names.Attributes, TraceFields.Span.Attributes, attribute),
            Scalar(Names.DroppedAttributesCount, TraceFields.Span.DroppedAttributesCount, OtlpJsonKind.UInt32),
            List(Names.Events, TraceFields.Span.Events, spanEvent),
            Scalar(Names.DroppedEventsCount, TraceFields.Span.DroppedEventsCount, OtlpJsonKind.UInt32),
            List(Names.Links, TraceFields.Span.Links, link),
            Scalar(Names.DroppedLinksCount, TraceFields.Span.DroppedLinksCount, OtlpJsonKind.UInt32),
            Nested(Names.Status, TraceFields.Span.Status, status));
    }

    private static OtlpJsonMessage LogRecord(OtlpJsonMessage attribute, OtlpJsonMessage anyValue) => Large(
        Scalar(Names.TimeUnixNano, LogFields.LogRecord.TimeUnixNano, OtlpJsonKind.Fixed64),
        Scalar(Names.ObservedTimeUnixNano, LogFields.LogRecord.ObservedTimeUnixNano, OtlpJsonKind.Fixed64),
        Enumeration(Names.SeverityNumber, LogFields.LogRecord.SeverityNumber, OtlpEnumNames.SeverityNumbers),
        Text(Names.SeverityText, LogFields.LogRecord.SeverityText),
        Nested(Names.Body, LogFields.LogRecord.Body, anyValue),
        List(Names.Attributes, LogFields.LogRecord.Attributes, attribute),
        Scalar(Names.DroppedAttributesCount, LogFields.LogRecord.DroppedAttributesCount, OtlpJsonKind.UInt32),
        Scalar(Names.Flags, LogFields.LogRecord.Flags, OtlpJsonKind.Fixed32),
        Scalar(Names.TraceId, LogFields.LogRecord.TraceId, OtlpJsonKind.Id),
        Scalar(Names.SpanId, LogFields.LogRecord.SpanId, OtlpJsonKind.Id),
        Text(Names.EventName, LogFields.LogRecord.EventName));

    private static OtlpJsonMessage Metric(OtlpJsonMessage attribute)
    {
        var exemplar = Message(
            List(Names.FilteredAttributes, MetricFields.Exemplar.FilteredAttributes, attribute),
            Scalar(Names.TimeUnixNano, MetricFields.Exemplar.TimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.AsDouble, MetricFields.Exemplar.AsDouble, OtlpJsonKind.Double),
            Scalar(Names.AsInt, MetricFields.Exemplar.AsInt, OtlpJsonKind.SFixed64),
            Scalar(Names.SpanId, MetricFields.Exemplar.SpanId, OtlpJsonKind.Id),
            Scalar(Names.TraceId, MetricFields.Exemplar.TraceId, OtlpJsonKind.Id));
        var numberPoint = Message(
            List(Names.Attributes, MetricFields.NumberDataPoint.Attributes, attribute),
            Scalar(Names.StartTimeUnixNano, MetricFields.NumberDataPoint.StartTimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.TimeUnixNano, MetricFields.NumberDataPoint.TimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.AsDouble, MetricFields.NumberDataPoint.AsDouble, OtlpJsonKind.Double),
            Scalar(Names.AsInt, MetricFields.NumberDataPoint.AsInt, OtlpJsonKind.SFixed64),
            List(Names.Exemplars, MetricFields.NumberDataPoint.Exemplars, exemplar),
            Scalar(Names.Flags, MetricFields.NumberDataPoint.Flags, OtlpJsonKind.UInt32));
        var temporality = Enumeration(
            Names.AggregationTemporality, MetricFields.Sum.AggregationTemporality, OtlpEnumNames.Temporalities);
        return Large(
            Text(Names.Name, MetricFields.Metric.Name),
            Text(Names.Description, MetricFields.Metric.Description),
            Text(Names.Unit, MetricFields.Metric.Unit),
            Nested(Names.Gauge, MetricFields.Metric.Gauge, Large(List(Names.DataPoints, MetricFields.Gauge.DataPoints, numberPoint))),
            Nested(Names.Sum, MetricFields.Metric.Sum, Large(
                List(Names.DataPoints, MetricFields.Sum.DataPoints, numberPoint),
                temporality,
                Scalar(Names.IsMonotonic, MetricFields.Sum.IsMonotonic, OtlpJsonKind.Bool))),
            Nested(Names.Histogram, MetricFields.Metric.Histogram, Large(
                List(Names.DataPoints, MetricFields.Histogram.DataPoints, HistogramPoint(attribute, exemplar)),
                temporality)),
            Nested(Names.ExponentialHistogram, MetricFields.Metric.ExponentialHistogram, Large(
                List(Names.DataPoints, MetricFields.ExponentialHistogram.DataPoints, ExponentialHistogramPoint(attribute, exemplar)),
                temporality)),
            Nested(Names.Summary, MetricFields.Metric.Summary, Large(
                List(Names.DataPoints, MetricFields.Summary.DataPoints, SummaryPoint(attribute)))),
            List(Names.Metadata, MetricFields.Metric.Metadata, attribute));
    }

    private static OtlpJsonMessage HistogramPoint(OtlpJsonMessage attribute, OtlpJsonMessage exemplar) => Large(
        List(Names.Attributes, MetricFields.HistogramDataPoint.Attributes, attribute),
        Scalar(Names.StartTimeUnixNano, MetricFields.HistogramDataPoint.StartTimeUnixNano, OtlpJsonKind.Fixed64),
        Scalar(Names.TimeUnixNano, MetricFields.HistogramDataPoint.TimeUnixNano, OtlpJsonKind.Fixed64),
        Scalar(Names.Count, MetricFields.HistogramDataPoint.Count, OtlpJsonKind.Fixed64),
        Scalar(Names.Sum, MetricFields.HistogramDataPoint.Sum, OtlpJsonKind.Double),
        List(Names.BucketCounts, MetricFields.HistogramDataPoint.BucketCounts, OtlpJsonKind.Fixed64),
        List(Names.ExplicitBounds, MetricFields.HistogramDataPoint.ExplicitBounds, OtlpJsonKind.Double),
        List(Names.Exemplars, MetricFields.HistogramDataPoint.Exemplars, exemplar),
        Scalar(Names.Flags, MetricFields.HistogramDataPoint.Flags, OtlpJsonKind.UInt32),
        Scalar(Names.Min, MetricFields.HistogramDataPoint.Min, OtlpJsonKind.Double),
        Scalar(Names.Max, MetricFields.HistogramDataPoint.Max, OtlpJsonKind.Double));

    private static OtlpJsonMessage ExponentialHistogramPoint(OtlpJsonMessage attribute, OtlpJsonMessage exemplar)
    {
        var buckets = Message(
            Scalar(Names.Offset, MetricFields.Buckets.Offset, OtlpJsonKind.SInt32),
            List(Names.BucketCounts, MetricFields.Buckets.BucketCounts, OtlpJsonKind.UInt64));
        return Large(
            List(Names.Attributes, MetricFields.ExponentialHistogramDataPoint.Attributes, attribute),
            Scalar(Names.StartTimeUnixNano, MetricFields.ExponentialHistogramDataPoint.StartTimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.TimeUnixNano, MetricFields.ExponentialHistogramDataPoint.TimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.Count, MetricFields.ExponentialHistogramDataPoint.Count, OtlpJsonKind.Fixed64),
            Scalar(Names.Sum, MetricFields.ExponentialHistogramDataPoint.Sum, OtlpJsonKind.Double),
            Scalar(Names.Scale, MetricFields.ExponentialHistogramDataPoint.Scale, OtlpJsonKind.SInt32),
            Scalar(Names.ZeroCount, MetricFields.ExponentialHistogramDataPoint.ZeroCount, OtlpJsonKind.Fixed64),
            Nested(Names.Positive, MetricFields.ExponentialHistogramDataPoint.Positive, buckets),
            Nested(Names.Negative, MetricFields.ExponentialHistogramDataPoint.Negative, buckets),
            Scalar(Names.Flags, MetricFields.ExponentialHistogramDataPoint.Flags, OtlpJsonKind.UInt32),
            List(Names.Exemplars, MetricFields.ExponentialHistogramDataPoint.Exemplars, exemplar),
            Scalar(Names.Min, MetricFields.ExponentialHistogramDataPoint.Min, OtlpJsonKind.Double),
            Scalar(Names.Max, MetricFields.ExponentialHistogramDataPoint.Max, OtlpJsonKind.Double),
            Scalar(Names.ZeroThreshold, MetricFields.ExponentialHistogramDataPoint.ZeroThreshold, OtlpJsonKind.Double));
    }

    private static OtlpJsonMessage SummaryPoint(OtlpJsonMessage attribute)
    {
        var quantile = Message(
            Scalar(Names.Quantile, MetricFields.ValueAtQuantile.Quantile, OtlpJsonKind.Double),
            Scalar(Names.Value, MetricFields.ValueAtQuantile.Value, OtlpJsonKind.Double));
        return Large(
            List(Names.Attributes, MetricFields.SummaryDataPoint.Attributes, attribute),
            Scalar(Names.StartTimeUnixNano, MetricFields.SummaryDataPoint.StartTimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.TimeUnixNano, MetricFields.SummaryDataPoint.TimeUnixNano, OtlpJsonKind.Fixed64),
            Scalar(Names.Count, MetricFields.SummaryDataPoint.Count, OtlpJsonKind.Fixed64),
            Scalar(Names.Sum, MetricFields.SummaryDataPoint.Sum, OtlpJsonKind.Double),
            List(Names.QuantileValues, MetricFields.SummaryDataPoint.QuantileValues, quantile),
            Scalar(Names.Flags, MetricFields.SummaryDataPoint.Flags, OtlpJsonKind.UInt32));
    }

    /// <summary>A message that is usually shorter than 128 bytes.</summary>
    private static OtlpJsonMessage Message(params OtlpJsonField[] fields) => New(lengthWidth: 1, fields);

    /// <summary>A message that is usually shorter than 16 KiB.</summary>
    private static OtlpJsonMessage Large(params OtlpJsonField[] fields) => New(lengthWidth: 2, fields);

    /// <summary>A message that is usually shorter than 2 MiB.</summary>
    private static OtlpJsonMessage Envelope(params OtlpJsonField[] fields) => New(lengthWidth: 3, fields);

    private static OtlpJsonMessage New(byte lengthWidth, OtlpJsonField[] fields)
    {
        var message = new OtlpJsonMessage(MessageCount++, lengthWidth);
        message.Define(fields);
        return message;
    }

    private static OtlpJsonField Text(JsonEncodedText key, int number) => new(key, number, OtlpJsonKind.String);

    private static OtlpJsonField Scalar(JsonEncodedText key, int number, OtlpJsonKind kind) => new(key, number, kind);

    private static OtlpJsonField Enumeration(JsonEncodedText key, int number, string[] names) =>
        new(key, number, OtlpJsonKind.Enum) { EnumNames = names };

    private static OtlpJsonField Nested(JsonEncodedText key, int number, OtlpJsonMessage message) =>
        new(key, number, OtlpJsonKind.Message) { Message = message };

    private static OtlpJsonField List(JsonEncodedText key, int number, OtlpJsonKind kind) => new(key, number, kind, isRepeated: true);

    private static OtlpJsonField List(JsonEncodedText key, int number, OtlpJsonMessage message) =>
        new(key, number, OtlpJsonKind.Message, isRepeated: true) { Message = message };
}
