using System.Globalization;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Text;

/// <summary>The points of the five kinds of metric data as text.</summary>
internal static class DataPointText
{
    public static void Write(TextWriter text, WireList<NumberDataPointReader> points)
    {
        var index = 0;
        foreach (var point in points)
        {
            text.WriteNamed("NumberDataPoints #", index++);
            WriteStart(text, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            text.Write("Value: ");
            WriteNumber(text, point.Number);
            text.WriteLine();
            WriteEnd(text, point.Flags, point.Exemplars);
        }
    }

    public static void Write(TextWriter text, WireList<HistogramDataPointReader> points)
    {
        var index = 0;
        foreach (var point in points)
        {
            text.WriteNamed("HistogramDataPoints #", index++);
            WriteStart(text, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            WriteSummary(text, point.Count, point.Sum, point.Min, point.Max);

            var bound = 0;
            foreach (var upper in point.ExplicitBounds)
            {
                text.Write("ExplicitBounds #");
                text.WriteInvariant(bound++);
                text.WriteNamed(": ", upper);
            }

            var bucket = 0;
            foreach (var count in point.BucketCounts)
            {
                text.Write("Buckets #");
                text.WriteInvariant(bucket++);
                text.WriteNamed(", Count: ", count);
            }

            WriteEnd(text, point.Flags, point.Exemplars);
        }
    }

    public static void Write(TextWriter text, WireList<ExponentialHistogramDataPointReader> points)
    {
        var index = 0;
        foreach (var point in points)
        {
            text.WriteNamed("ExponentialHistogramDataPoints #", index++);
            WriteStart(text, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            WriteSummary(text, point.Count, point.Sum, point.Min, point.Max);
            WriteBuckets(text, point.Negative, point.Scale, negative: true);
            if (point.ZeroCount != 0)
                WriteBucket(text, $"[{Invariant(0 - point.ZeroThreshold)}, {Invariant(point.ZeroThreshold)}]", point.ZeroCount);
            WriteBuckets(text, point.Positive, point.Scale, negative: false);
            WriteEnd(text, point.Flags, point.Exemplars);
        }
    }

    public static void Write(TextWriter text, WireList<SummaryDataPointReader> points)
    {
        var index = 0;
        foreach (var point in points)
        {
            text.WriteNamed("SummaryDataPoints #", index++);
            WriteStart(text, point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano);
            WriteSummary(text, point.Count, point.Sum, null, null);
            var quantileIndex = 0;
            foreach (var quantile in point.QuantileValues)
            {
                text.Write("QuantileValue #");
                text.WriteInvariant(quantileIndex++);
                text.Write(": Quantile ");
                text.WriteInvariant(quantile.Quantile);
                text.WriteNamed(", Value ", quantile.Value);
            }

            WriteEnd(text, point.Flags, default);
        }
    }

    private static void WriteStart(TextWriter text, WireList<KeyValueReader> attributes, ulong startTime, ulong time)
    {
        text.WriteAttributes("Data point attributes:", attributes);
        text.WriteNamed("StartTimestamp: ", startTime);
        text.WriteNamed("Timestamp: ", time);
    }

    private static void WriteSummary(TextWriter text, ulong count, double? sum, double? min, double? max)
    {
        text.WriteNamed("Count: ", count);
        if (sum is { } sumValue)
            text.WriteNamed("Sum: ", sumValue);
        if (min is { } minValue)
            text.WriteNamed("Min: ", minValue);
        if (max is { } maxValue)
            text.WriteNamed("Max: ", maxValue);
    }

    /// <summary>Bucket i of a positive side holds (base^i, base^(i+1)], with base = 2^(2^-scale); a negative side mirrors it.</summary>
    private static void WriteBuckets(TextWriter text, BucketsReader buckets, int scale, bool negative)
    {
        double bucket = buckets.Offset;
        foreach (var count in buckets.BucketCounts)
        {
            var lower = Math.Pow(2, Math.ScaleB(bucket, -scale));
            var upper = Math.Pow(2, Math.ScaleB(++bucket, -scale));
            if (count == 0)
                continue;
            var range = negative ? $"[-{Invariant(upper)}, -{Invariant(lower)})" : $"({Invariant(lower)}, {Invariant(upper)}]";
            WriteBucket(text, range, count);
        }
    }

    private static void WriteBucket(TextWriter text, string range, ulong count)
    {
        text.Write("Bucket ");
        text.Write(range);
        text.WriteNamed(", Count: ", count);
    }

    private static void WriteEnd(TextWriter text, uint flags, WireList<ExemplarReader> exemplars)
    {
        if (flags != 0)
            text.WriteNamed("Flags: ", flags);
        if (exemplars.IsEmpty)
            return;

        text.WriteLine("Exemplars:");
        var index = 0;
        foreach (var exemplar in exemplars)
        {
            text.WriteNamed("Exemplar #", index++);
            text.WriteLine($"     -> Trace ID: {Convert.ToHexStringLower(exemplar.TraceId)}");
            text.WriteLine($"     -> Span ID: {Convert.ToHexStringLower(exemplar.SpanId)}");
            text.WriteNamed("     -> Timestamp: ", exemplar.TimeUnixNano);
            text.Write("     -> Value: ");
            WriteNumber(text, exemplar.Number);
            text.WriteLine();
            text.WriteAttributes("     -> FilteredAttributes:", exemplar.FilteredAttributes, "          ");
        }
    }

    private static void WriteNumber(TextWriter text, NumberValue number)
    {
        if (number.Kind == NumberKind.Int)
            text.WriteInvariant(number.Int);
        else if (number.Kind == NumberKind.Double)
            text.WriteInvariant(number.Double);
        else
            text.Write("Empty");
    }

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
