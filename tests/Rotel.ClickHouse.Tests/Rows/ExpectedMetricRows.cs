using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Exporters.ClickHouse;

namespace Rotel.ClickHouse.Rows;

/// <summary>The rows of the five metric tables.</summary>
internal static class ExpectedMetricRows
{
    public static IEnumerable<(ClickHouseTable Table, StoredRow Row)> Of(ExportMetricsServiceRequest request, ExpectedAttributes attributes) =>
        from resource in request.ResourceMetrics
        from scope in resource.ScopeMetrics
        from metric in scope.Metrics
        from row in new Source(resource, scope, metric, attributes).Rows()
        select row;

    private sealed class Source(ResourceMetrics resource, ScopeMetrics scope, Metric metric, ExpectedAttributes attributes)
    {
        public IEnumerable<(ClickHouseTable Table, StoredRow Row)> Rows() => metric.DataCase switch
        {
            Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Select(point => (ClickHouseTable.MetricsGauge, Number(point))),
            Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(point => (ClickHouseTable.MetricsSum, SumRow(point))),
            Metric.DataOneofCase.Histogram =>
                metric.Histogram.DataPoints.Select(point => (ClickHouseTable.MetricsHistogram, HistogramRow(point))),
            Metric.DataOneofCase.ExponentialHistogram =>
                metric.ExponentialHistogram.DataPoints.Select(point => (ClickHouseTable.MetricsExponentialHistogram, ExponentialRow(point))),
            Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Select(point => (ClickHouseTable.MetricsSummary, SummaryRow(point))),
            _ => [],
        };

        private StoredRow Number(NumberDataPoint point)
        {
            var row = Common(point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags);
            row["Value"] = CellText.Of(point.ValueCase switch
            {
                NumberDataPoint.ValueOneofCase.AsDouble => point.AsDouble,
                NumberDataPoint.ValueOneofCase.AsInt => point.AsInt,
                _ => 0,
            });
            AddExemplars(row, point.Exemplars);
            return row;
        }

        private StoredRow SumRow(NumberDataPoint point)
        {
            var row = Number(point);
            row["AggregationTemporality"] = CellText.Of((long)metric.Sum.AggregationTemporality);
            row["IsMonotonic"] = CellText.Of(metric.Sum.IsMonotonic);
            return row;
        }

        private StoredRow HistogramRow(HistogramDataPoint point)
        {
            var row = Common(point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags);
            row["Count"] = CellText.Of(point.Count);
            row["Sum"] = CellText.Of(point.HasSum ? point.Sum : 0);
            row["BucketCounts"] = CellText.Array(point.BucketCounts.Select(CellText.Of));
            row["ExplicitBounds"] = CellText.Array(point.ExplicitBounds.Select(CellText.Of));
            row["Min"] = CellText.Of(point.HasMin ? point.Min : 0);
            row["Max"] = CellText.Of(point.HasMax ? point.Max : 0);
            row["AggregationTemporality"] = CellText.Of((long)metric.Histogram.AggregationTemporality);
            AddExemplars(row, point.Exemplars);
            return row;
        }

        private StoredRow ExponentialRow(ExponentialHistogramDataPoint point)
        {
            var row = Common(point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags);
            row["Count"] = CellText.Of(point.Count);
            row["Sum"] = CellText.Of(point.HasSum ? point.Sum : 0);
            row["Scale"] = CellText.Of((long)point.Scale);
            row["ZeroCount"] = CellText.Of(point.ZeroCount);
            row["PositiveOffset"] = CellText.Of((long)(point.Positive?.Offset ?? 0));
            row["PositiveBucketCounts"] = CellText.Array((point.Positive?.BucketCounts ?? []).Select(CellText.Of));
            row["NegativeOffset"] = CellText.Of((long)(point.Negative?.Offset ?? 0));
            row["NegativeBucketCounts"] = CellText.Array((point.Negative?.BucketCounts ?? []).Select(CellText.Of));
            row["Min"] = CellText.Of(point.HasMin ? point.Min : 0);
            row["Max"] = CellText.Of(point.HasMax ? point.Max : 0);
            row["AggregationTemporality"] = CellText.Of((long)metric.ExponentialHistogram.AggregationTemporality);
            AddExemplars(row, point.Exemplars);
            return row;
        }

        private StoredRow SummaryRow(SummaryDataPoint point)
        {
            var row = Common(point.Attributes, point.StartTimeUnixNano, point.TimeUnixNano, point.Flags);
            row["Count"] = CellText.Of(point.Count);
            row["Sum"] = CellText.Of(point.Sum);
            row["ValueAtQuantiles.Quantile"] = ExpectedRows.Nested(point.QuantileValues, quantile => CellText.Of(quantile.Quantile));
            row["ValueAtQuantiles.Value"] = ExpectedRows.Nested(point.QuantileValues, quantile => CellText.Of(quantile.Value));
            return row;
        }

        private StoredRow Common(
            RepeatedField<OpenTelemetry.Proto.Common.V1.KeyValue> pointAttributes, ulong start, ulong time, uint flags) => new()
            {
                ["ResourceAttributes"] = attributes.Of(resource.Resource?.Attributes),
                ["ResourceSchemaUrl"] = CellText.Of(resource.SchemaUrl),
                ["ScopeName"] = CellText.Of(scope.Scope?.Name ?? ""),
                ["ScopeVersion"] = CellText.Of(scope.Scope?.Version ?? ""),
                ["ScopeAttributes"] = attributes.Of(scope.Scope?.Attributes),
                ["ScopeDroppedAttrCount"] = CellText.Of((ulong)(scope.Scope?.DroppedAttributesCount ?? 0)),
                ["ScopeSchemaUrl"] = CellText.Of(scope.SchemaUrl),
                ["ServiceName"] = ExpectedRows.Service(resource.Resource),
                ["MetricName"] = CellText.Of(metric.Name),
                ["MetricDescription"] = CellText.Of(metric.Description),
                ["MetricUnit"] = CellText.Of(metric.Unit),
                ["Attributes"] = attributes.Of(pointAttributes),
                ["StartTimeUnix"] = ExpectedRows.Time(start),
                ["TimeUnix"] = ExpectedRows.Time(time),
                ["Flags"] = CellText.Of((ulong)flags),
            };

        private void AddExemplars(StoredRow row, RepeatedField<Exemplar> exemplars)
        {
            row["Exemplars.FilteredAttributes"] = ExpectedRows.Nested(exemplars, exemplar => attributes.Of(exemplar.FilteredAttributes));
            row["Exemplars.TimeUnix"] = ExpectedRows.Nested(exemplars, exemplar => ExpectedRows.Time(exemplar.TimeUnixNano));
            row["Exemplars.Value"] = ExpectedRows.Nested(exemplars, exemplar => CellText.Of(exemplar.ValueCase switch
            {
                Exemplar.ValueOneofCase.AsDouble => exemplar.AsDouble,
                Exemplar.ValueOneofCase.AsInt => exemplar.AsInt,
                _ => 0,
            }));
            row["Exemplars.SpanId"] = ExpectedRows.Nested(exemplars, exemplar => ExpectedRows.Id(exemplar.SpanId, 8));
            row["Exemplars.TraceId"] = ExpectedRows.Nested(exemplars, exemplar => ExpectedRows.Id(exemplar.TraceId, 16));
        }
    }
}
