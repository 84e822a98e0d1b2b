using System.Text.Json;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Json;

/// <summary>The points of metrics.proto as OTLP/JSON, each list under <c>dataPoints</c>.</summary>
internal static class DataPointJson
{
    public static void Write(Utf8JsonWriter json, WireList<NumberDataPointReader> points)
    {
        if (points.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.DataPoints);
        foreach (var point in points)
        {
            WriteStart(json, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            json.WriteNumber(point.Number);
            WriteExemplars(json, point.Exemplars);
            json.WriteInt32IfSet(OtlpJsonNames.Flags, point.Flags);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, WireList<HistogramDataPointReader> points)
    {
        if (points.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.DataPoints);
        foreach (var point in points)
        {
            WriteStart(json, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            json.WriteUInt64IfSet(OtlpJsonNames.Count, point.Count);
            json.WriteDoubleIfPresent(OtlpJsonNames.Sum, point.Sum);
            WriteCounts(json, point.BucketCounts);
            WriteBounds(json, point.ExplicitBounds);
            WriteExemplars(json, point.Exemplars);
            json.WriteInt32IfSet(OtlpJsonNames.Flags, point.Flags);
            json.WriteDoubleIfPresent(OtlpJsonNames.Min, point.Min);
            json.WriteDoubleIfPresent(OtlpJsonNames.Max, point.Max);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, WireList<ExponentialHistogramDataPointReader> points)
    {
        if (points.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.DataPoints);
        foreach (var point in points)
        {
            WriteStart(json, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            json.WriteUInt64IfSet(OtlpJsonNames.Count, point.Count);
            json.WriteDoubleIfPresent(OtlpJsonNames.Sum, point.Sum);
            json.WriteInt32IfSet(OtlpJsonNames.Scale, point.Scale);
            json.WriteUInt64IfSet(OtlpJsonNames.ZeroCount, point.ZeroCount);
            if (point.HasPositive)
                WriteBuckets(json, OtlpJsonNames.Positive, point.Positive);
            if (point.HasNegative)
                WriteBuckets(json, OtlpJsonNames.Negative, point.Negative);
            json.WriteInt32IfSet(OtlpJsonNames.Flags, point.Flags);
            WriteExemplars(json, point.Exemplars);
            json.WriteDoubleIfPresent(OtlpJsonNames.Min, point.Min);
            json.WriteDoubleIfPresent(OtlpJsonNames.Max, point.Max);
            json.WriteDoubleIfSet(OtlpJsonNames.ZeroThreshold, point.ZeroThreshold);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, WireList<SummaryDataPointReader> points)
    {
        if (points.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.DataPoints);
        foreach (var point in points)
        {
            WriteStart(json, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            json.WriteUInt64IfSet(OtlpJsonNames.Count, point.Count);
            json.WriteDoubleIfSet(OtlpJsonNames.Sum, point.Sum);
            WriteQuantiles(json, point.QuantileValues);
            json.WriteInt32IfSet(OtlpJsonNames.Flags, point.Flags);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStart(Utf8JsonWriter json, WireList<KeyValueReader> attributes, ulong startTime, ulong time)
    {
        json.WriteStartObject();
        CommonJson.WriteAttributes(json, OtlpJsonNames.Attributes, attributes);
        json.WriteUInt64IfSet(OtlpJsonNames.StartTimeUnixNano, startTime);
        json.WriteUInt64IfSet(OtlpJsonNames.TimeUnixNano, time);
    }

    private static void WriteCounts<TFormat>(Utf8JsonWriter json, ScalarList<ulong, TFormat> counts)
        where TFormat : IScalarFormat<ulong>
    {
        var count = counts.GetEnumerator();
        if (!count.MoveNext())
            return;

        json.WriteStartArray(OtlpJsonNames.BucketCounts);
        do
            json.WriteUInt64Value(count.Current);
        while (count.MoveNext());
        json.WriteEndArray();
    }

    private static void WriteBounds(Utf8JsonWriter json, ScalarList<double, ScalarFormats.Double> bounds)
    {
        var bound = bounds.GetEnumerator();
        if (!bound.MoveNext())
            return;

        json.WriteStartArray(OtlpJsonNames.ExplicitBounds);
        do
            json.WriteDoubleValue(bound.Current);
        while (bound.MoveNext());
        json.WriteEndArray();
    }

    private static void WriteBuckets(Utf8JsonWriter json, JsonEncodedText name, BucketsReader buckets)
    {
        json.WriteStartObject(name);
        json.WriteInt32IfSet(OtlpJsonNames.Offset, buckets.Offset);
        WriteCounts(json, buckets.BucketCounts);
        json.WriteEndObject();
    }

    private static void WriteQuantiles(Utf8JsonWriter json, WireList<ValueAtQuantileReader> quantiles)
    {
        if (quantiles.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.QuantileValues);
        foreach (var quantile in quantiles)
        {
            json.WriteStartObject();
            json.WriteDoubleIfSet(OtlpJsonNames.Quantile, quantile.Quantile);
            json.WriteDoubleIfSet(OtlpJsonNames.Value, quantile.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteExemplars(Utf8JsonWriter json, WireList<ExemplarReader> exemplars)
    {
        if (exemplars.IsEmpty)
            return;

        json.WriteStartArray(OtlpJsonNames.Exemplars);
        foreach (var exemplar in exemplars)
        {
            json.WriteStartObject();
            CommonJson.WriteAttributes(json, OtlpJsonNames.FilteredAttributes, exemplar.FilteredAttributes);
            json.WriteUInt64IfSet(OtlpJsonNames.TimeUnixNano, exemplar.TimeUnixNano);
            json.WriteNumber(exemplar.Number);
            json.WriteIdIfSet(OtlpJsonNames.SpanId, exemplar.SpanId);
            json.WriteIdIfSet(OtlpJsonNames.TraceId, exemplar.TraceId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
