using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Text;

/// <summary>Metrics as text; the points are in <see cref="DataPointText"/>.</summary>
internal static class MetricText
{
    public static void Write(TextWriter text, int index, MetricReader metric)
    {
        text.WriteNamed("Metric #", index);
        text.WriteLine("Descriptor:");
        WriteDescriptor(text, "Name", metric.Name);
        WriteDescriptor(text, "Description", metric.Description);
        WriteDescriptor(text, "Unit", metric.Unit);
        text.WriteLine($"     -> DataType: {metric.Kind}");
        switch (metric.Kind)
        {
            case MetricKind.Gauge:
                DataPointText.Write(text, metric.Gauge.DataPoints);
                break;
            case MetricKind.Sum:
                var sum = metric.Sum;
                text.WriteLine(sum.IsMonotonic ? "     -> IsMonotonic: true" : "     -> IsMonotonic: false");
                WriteTemporality(text, sum.AggregationTemporality);
                DataPointText.Write(text, sum.DataPoints);
                break;
            case MetricKind.Histogram:
                var histogram = metric.Histogram;
                WriteTemporality(text, histogram.AggregationTemporality);
                DataPointText.Write(text, histogram.DataPoints);
                break;
            case MetricKind.ExponentialHistogram:
                var exponential = metric.ExponentialHistogram;
                WriteTemporality(text, exponential.AggregationTemporality);
                DataPointText.Write(text, exponential.DataPoints);
                break;
            case MetricKind.Summary:
                DataPointText.Write(text, metric.Summary.DataPoints);
                break;
        }

        text.WriteAttributes("Metadata:", metric.Metadata);
    }

    private static void WriteDescriptor(TextWriter text, string name, ReadOnlySpan<byte> utf8)
    {
        text.Write($"     -> {name}: ");
        text.WriteUtf8(utf8);
        text.WriteLine();
    }

    private static void WriteTemporality(TextWriter text, int temporality) =>
        text.WriteLine($"     -> AggregationTemporality: {OtlpEnumNames.Temporality(temporality)}");
}
