using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Otlp.Readers;

namespace Rotel.Core.Tests.Otlp.Readers;

internal static partial class ReadBack
{
    private static ExportLogsServiceRequest Logs(ReadOnlySpan<byte> body)
    {
        var request = new ExportLogsServiceRequest();
        foreach (var resourceLogs in new LogsReader(body))
        {
            var envelope = new ResourceLogs { SchemaUrl = Text(resourceLogs.SchemaUrl) };
            if (resourceLogs.HasResource)
                envelope.Resource = Resource(resourceLogs.Resource);
            foreach (var scopeLogs in resourceLogs.Scopes)
            {
                var scope = new ScopeLogs { SchemaUrl = Text(scopeLogs.SchemaUrl) };
                if (scopeLogs.HasScope)
                    scope.Scope = Scope(scopeLogs.Scope);
                foreach (var record in scopeLogs.Items)
                    scope.LogRecords.Add(LogRecord(record));
                envelope.ScopeLogs.Add(scope);
            }

            request.ResourceLogs.Add(envelope);
        }

        return request;
    }

    private static LogRecord LogRecord(LogRecordReader reader)
    {
        var record = new LogRecord
        {
            TimeUnixNano = reader.TimeUnixNano,
            ObservedTimeUnixNano = reader.ObservedTimeUnixNano,
            SeverityNumber = (SeverityNumber)reader.SeverityNumber,
            SeverityText = Text(reader.SeverityText),
            DroppedAttributesCount = reader.DroppedAttributesCount,
            Flags = reader.Flags,
            TraceId = Bytes(reader.TraceId),
            SpanId = Bytes(reader.SpanId),
            EventName = Text(reader.EventName),
        };
        if (reader.HasBody)
            record.Body = Value(reader.Body);
        AddAttributes(record.Attributes, reader.Attributes);
        return record;
    }

    private static ExportMetricsServiceRequest Metrics(ReadOnlySpan<byte> body)
    {
        var request = new ExportMetricsServiceRequest();
        foreach (var resourceMetrics in new MetricsReader(body))
        {
            var envelope = new ResourceMetrics { SchemaUrl = Text(resourceMetrics.SchemaUrl) };
            if (resourceMetrics.HasResource)
                envelope.Resource = Resource(resourceMetrics.Resource);
            foreach (var scopeMetrics in resourceMetrics.Scopes)
            {
                var scope = new ScopeMetrics { SchemaUrl = Text(scopeMetrics.SchemaUrl) };
                if (scopeMetrics.HasScope)
                    scope.Scope = Scope(scopeMetrics.Scope);
                foreach (var metric in scopeMetrics.Items)
                    scope.Metrics.Add(Metric(metric));
                envelope.ScopeMetrics.Add(scope);
            }

            request.ResourceMetrics.Add(envelope);
        }

        return request;
    }

    private static Metric Metric(MetricReader reader)
    {
        var metric = new Metric { Name = Text(reader.Name), Description = Text(reader.Description), Unit = Text(reader.Unit) };
        AddAttributes(metric.Metadata, reader.Metadata);
        switch (reader.Kind)
        {
            case MetricKind.Gauge:
                metric.Gauge = new Gauge();
                foreach (var point in reader.Gauge.DataPoints)
                    metric.Gauge.DataPoints.Add(Point(point));
                break;
            case MetricKind.Sum:
                metric.Sum = new Sum
                {
                    AggregationTemporality = (AggregationTemporality)reader.Sum.AggregationTemporality,
                    IsMonotonic = reader.Sum.IsMonotonic,
                };
                foreach (var point in reader.Sum.DataPoints)
                    metric.Sum.DataPoints.Add(Point(point));
                break;
            case MetricKind.Histogram:
                metric.Histogram = new Histogram
                {
                    AggregationTemporality = (AggregationTemporality)reader.Histogram.AggregationTemporality,
                };
                foreach (var point in reader.Histogram.DataPoints)
                    metric.Histogram.DataPoints.Add(Point(point));
                break;
            case MetricKind.ExponentialHistogram:
                metric.ExponentialHistogram = new ExponentialHistogram
                {
                    AggregationTemporality = (AggregationTemporality)reader.ExponentialHistogram.AggregationTemporality,
                };
                foreach (var point in reader.ExponentialHistogram.DataPoints)
                    metric.ExponentialHistogram.DataPoints.Add(Point(point));
                break;
            case MetricKind.Summary:
                metric.Summary = new Summary();
                foreach (var point in reader.Summary.DataPoints)
                    metric.Summary.DataPoints.Add(Point(point));
                break;
        }

        return metric;
    }

    private static NumberDataPoint Point(NumberDataPointReader reader)
    {
        var point = new NumberDataPoint
        {
            StartTimeUnixNano = reader.StartTimeUnixNano,
            TimeUnixNano = reader.TimeUnixNano,
            Flags = reader.Flags,
        };
        if (reader.Number.Kind == NumberKind.Double)
            point.AsDouble = reader.Number.Double;
        else if (reader.Number.Kind == NumberKind.Int)
            point.AsInt = reader.Number.Int;
        AddAttributes(point.Attributes, reader.Attributes);
        AddExemplars(point.Exemplars, reader.Exemplars);
        return point;
    }

    private static HistogramDataPoint Point(HistogramDataPointReader reader)
    {
        var point = new HistogramDataPoint
        {
            StartTimeUnixNano = reader.StartTimeUnixNano,
            TimeUnixNano = reader.TimeUnixNano,
            Count = reader.Count,
            Flags = reader.Flags,
        };
        if (reader.Sum is { } sum)
            point.Sum = sum;
        if (reader.Min is { } min)
            point.Min = min;
        if (reader.Max is { } max)
            point.Max = max;
        foreach (var count in reader.BucketCounts)
            point.BucketCounts.Add(count);
        foreach (var bound in reader.ExplicitBounds)
            point.ExplicitBounds.Add(bound);
        Assert.Equal(point.BucketCounts.Count, reader.BucketCounts.Count());
        AddAttributes(point.Attributes, reader.Attributes);
        AddExemplars(point.Exemplars, reader.Exemplars);
        return point;
    }

    private static ExponentialHistogramDataPoint Point(ExponentialHistogramDataPointReader reader)
    {
        var point = new ExponentialHistogramDataPoint
        {
            StartTimeUnixNano = reader.StartTimeUnixNano,
            TimeUnixNano = reader.TimeUnixNano,
            Count = reader.Count,
            Scale = reader.Scale,
            ZeroCount = reader.ZeroCount,
            Flags = reader.Flags,
            ZeroThreshold = reader.ZeroThreshold,
        };
        if (reader.Sum is { } sum)
            point.Sum = sum;
        if (reader.Min is { } min)
            point.Min = min;
        if (reader.Max is { } max)
            point.Max = max;
        if (reader.HasPositive)
            point.Positive = Buckets(reader.Positive);
        if (reader.HasNegative)
            point.Negative = Buckets(reader.Negative);
        AddAttributes(point.Attributes, reader.Attributes);
        AddExemplars(point.Exemplars, reader.Exemplars);
        return point;
    }

    private static ExponentialHistogramDataPoint.Types.Buckets Buckets(BucketsReader reader)
    {
        var buckets = new ExponentialHistogramDataPoint.Types.Buckets { Offset = reader.Offset };
        foreach (var count in reader.BucketCounts)
            buckets.BucketCounts.Add(count);
        return buckets;
    }

    private static SummaryDataPoint Point(SummaryDataPointReader reader)
    {
        var point = new SummaryDataPoint
        {
            StartTimeUnixNano = reader.StartTimeUnixNano,
            TimeUnixNano = reader.TimeUnixNano,
            Count = reader.Count,
            Sum = reader.Sum,
            Flags = reader.Flags,
        };
        foreach (var quantile in reader.QuantileValues)
            point.QuantileValues.Add(new SummaryDataPoint.Types.ValueAtQuantile { Quantile = quantile.Quantile, Value = quantile.Value });
        AddAttributes(point.Attributes, reader.Attributes);
        return point;
    }

    private static void AddExemplars(RepeatedField<Exemplar> target, WireList<ExemplarReader> exemplars)
    {
        foreach (var reader in exemplars)
        {
            var exemplar = new Exemplar
            {
                TimeUnixNano = reader.TimeUnixNano,
                SpanId = Bytes(reader.SpanId),
                TraceId = Bytes(reader.TraceId),
            };
            if (reader.Number.Kind == NumberKind.Double)
                exemplar.AsDouble = reader.Number.Double;
            else if (reader.Number.Kind == NumberKind.Int)
                exemplar.AsInt = reader.Number.Int;
            AddAttributes(exemplar.FilteredAttributes, reader.FilteredAttributes);
            target.Add(exemplar);
        }
    }
}
