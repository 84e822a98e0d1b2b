using System.Text.Json;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Json;

/// <summary>Metrics and their five kinds of data as OTLP/JSON; the points are in <see cref="DataPointJson"/>.</summary>
internal static class MetricJson
{
    public static void Write(Utf8JsonWriter json, MetricReader metric)
    {
        json.WriteStartObject();
        json.WriteStringIfSet(OtlpJsonNames.Name, metric.Name);
        json.WriteStringIfSet(OtlpJsonNames.Description, metric.Description);
        json.WriteStringIfSet(OtlpJsonNames.Unit, metric.Unit);
        switch (metric.Kind)
        {
            case MetricKind.Gauge:
                json.WriteStartObject(OtlpJsonNames.Gauge);
                DataPointJson.Write(json, metric.Gauge.DataPoints);
                json.WriteEndObject();
                break;
            case MetricKind.Sum:
                var sum = metric.Sum;
                json.WriteStartObject(OtlpJsonNames.Sum);
                DataPointJson.Write(json, sum.DataPoints);
                json.WriteInt32IfSet(OtlpJsonNames.AggregationTemporality, sum.AggregationTemporality);
                json.WriteBoolIfSet(OtlpJsonNames.IsMonotonic, sum.IsMonotonic);
                json.WriteEndObject();
                break;
            case MetricKind.Histogram:
                var histogram = metric.Histogram;
                json.WriteStartObject(OtlpJsonNames.Histogram);
                DataPointJson.Write(json, histogram.DataPoints);
                json.WriteInt32IfSet(OtlpJsonNames.AggregationTemporality, histogram.AggregationTemporality);
                json.WriteEndObject();
                break;
            case MetricKind.ExponentialHistogram:
                var exponential = metric.ExponentialHistogram;
                json.WriteStartObject(OtlpJsonNames.ExponentialHistogram);
                DataPointJson.Write(json, exponential.DataPoints);
                json.WriteInt32IfSet(OtlpJsonNames.AggregationTemporality, exponential.AggregationTemporality);
                json.WriteEndObject();
                break;
            case MetricKind.Summary:
                json.WriteStartObject(OtlpJsonNames.Summary);
                DataPointJson.Write(json, metric.Summary.DataPoints);
                json.WriteEndObject();
                break;
        }

        CommonJson.WriteAttributes(json, OtlpJsonNames.Metadata, metric.Metadata);
        json.WriteEndObject();
    }
}
