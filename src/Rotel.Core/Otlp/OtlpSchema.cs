using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// The little that has to be known of the schema to check or repair a body: what a length-delimited field holds. Every other field is checked
/// by its wire type alone, for a known field with another wire type than the schema's is an unknown field
/// (https://protobuf.dev/programming-guides/proto3/#unknowns).
/// </summary>
internal static class OtlpSchema
{
    /// <summary>Fields of higher numbers hold nothing that needs a look (only <c>Span.flags</c>, a fixed32).</summary>
    public const int MaxField = 15;

    private const byte Text = (byte)OtlpContent.String;
    private const byte Doubles = (byte)OtlpContent.PackedFixed64;
    private const byte Varints = (byte)OtlpContent.PackedVarint;
    private const byte Pair = (byte)OtlpContent.KeyValue;
    private const byte Value = (byte)OtlpContent.AnyValue;
    private const byte Spot = (byte)OtlpContent.Exemplar;
    private const byte Bucket = (byte)OtlpContent.Buckets;
    private const byte Flat = (byte)OtlpContent.ProfileScalars;

    // Field numbers and types: opentelemetry-proto after 1.11.0. One row per message, in the order of OtlpContent; columns are fields 0 to 15.
    private static ReadOnlySpan<byte> Contents =>
    [
        // common.proto: KeyValue, AnyValue, ArrayValue, KeyValueList, InstrumentationScope, EntityRef
        0, Text, Value, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, Text, 0, 0, 0, (byte)OtlpContent.ArrayValue, (byte)OtlpContent.KeyValueList, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, Value, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, Pair, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, Text, Text, Pair, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, Text, Text, Text, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,

        // resource.proto: Resource
        0, Pair, 0, (byte)OtlpContent.EntityRef, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,

        // trace.proto: Span, Event, Link, Status
        0, 0, 0, Text, 0, Text, 0, 0, 0, Pair, 0, (byte)OtlpContent.Event, 0, (byte)OtlpContent.Link, 0, (byte)OtlpContent.Status,
        0, 0, Text, Pair, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, Text, Pair, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,

        // logs.proto: LogRecord
        0, 0, 0, Text, 0, Value, Pair, 0, 0, 0, 0, 0, Text, 0, 0, 0,

        // metrics.proto: Metric
        0, Text, Text, Text, 0, (byte)OtlpContent.NumberData, 0, (byte)OtlpContent.NumberData, 0, (byte)OtlpContent.HistogramData,
        (byte)OtlpContent.ExponentialHistogramData, (byte)OtlpContent.SummaryData, Pair, 0, 0, 0,

        // Gauge and Sum, Histogram, ExponentialHistogram, Summary
        0, (byte)OtlpContent.NumberPoint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.HistogramPoint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.ExponentialHistogramPoint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.SummaryPoint, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,

        // NumberDataPoint, HistogramDataPoint, ExponentialHistogramDataPoint, Buckets, SummaryDataPoint, ValueAtQuantile, Exemplar
        0, 0, 0, 0, 0, Spot, 0, Pair, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, Doubles, Doubles, Spot, Pair, 0, 0, 0, 0, 0, 0,
        0, Pair, 0, 0, 0, 0, 0, 0, Bucket, Bucket, 0, Spot, 0, 0, 0, 0,
        0, 0, Varints, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, (byte)OtlpContent.Quantile, Pair, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, Pair, 0, 0, 0, 0, 0, 0, 0, 0,

        // Export…ServiceRequest, ResourceX and ScopeX of traces, metrics, logs
        0, (byte)OtlpContent.ResourceSpans, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.ResourceMetrics, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.ResourceLogs, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Resource, (byte)OtlpContent.ScopeSpans, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Resource, (byte)OtlpContent.ScopeMetrics, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Resource, (byte)OtlpContent.ScopeLogs, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Scope, (byte)OtlpContent.Span, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Scope, (byte)OtlpContent.Metric, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Scope, (byte)OtlpContent.LogRecord, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,

        // profiles.proto (v1development): ExportProfilesServiceRequest, ResourceProfiles, ScopeProfiles, Profile, ProfilesDictionary
        0, (byte)OtlpContent.ResourceProfiles, (byte)OtlpContent.ProfilesDictionary, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Resource, (byte)OtlpContent.ScopeProfiles, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, (byte)OtlpContent.Scope, (byte)OtlpContent.Profile, Text, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, Flat, (byte)OtlpContent.ProfileSample, 0, 0, Flat, 0, 0, 0, Text, 0, Varints, 0, 0, 0, 0,
        0, (byte)OtlpContent.ProfileMapping, (byte)OtlpContent.ProfileLocation, Flat, Flat, Text, (byte)OtlpContent.ProfileAttribute,
        (byte)OtlpContent.ProfileStack, 0, 0, 0, 0, 0, 0, 0, 0,

        // Mapping, Location, KeyValueAndUnit, Stack, Sample, and what has only scalars: ValueType, Function, Link, Line
        0, 0, 0, 0, 0, Varints, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, Flat, Varints, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, Value, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, Varints, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, Varints, 0, Varints, Doubles, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>What fields 0 to 15 of a message hold when they are length-delimited.</summary>
    public static ReadOnlySpan<byte> FieldsOf(OtlpContent message) => Contents.Slice((message - OtlpContent.KeyValue) * (MaxField + 1), MaxField + 1);

    /// <summary>The message of one span, metric, log record or profile.</summary>
    public static OtlpContent Item(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => OtlpContent.Span,
        OtlpSignal.Metrics => OtlpContent.Metric,
        OtlpSignal.Logs => OtlpContent.LogRecord,
        _ => OtlpContent.Profile,
    };

    /// <summary>The whole body: Export…ServiceRequest of a signal.</summary>
    public static OtlpContent Request(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => OtlpContent.TracesRequest,
        OtlpSignal.Metrics => OtlpContent.MetricsRequest,
        OtlpSignal.Logs => OtlpContent.LogsRequest,
        _ => OtlpContent.ProfilesRequest,
    };

    /// <summary>What a field of a message holds.</summary>
    public static OtlpContent ContentOf(OtlpContent message, int field, WireType type)
        => type == WireType.LengthDelimited && field <= MaxField ? (OtlpContent)FieldsOf(message)[field] : OtlpContent.Opaque;
}
