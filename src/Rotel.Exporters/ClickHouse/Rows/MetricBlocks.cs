using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Metrics as blocks of the five tables, one for each kind.</summary>
internal sealed class MetricBlocks : SignalBlocks
{
    private readonly DayRows<GaugeRows> _gauges;
    private readonly DayRows<SumRows> _sums;
    private readonly DayRows<HistogramRows> _histograms;
    private readonly DayRows<ExponentialHistogramRows> _exponentialHistograms;
    private readonly DayRows<SummaryRows> _summaries;

    public MetricBlocks(ColumnFactory columns, BlockFrames frames, long maxBytes)
        : base(frames, maxBytes)
    {
        _gauges = new DayRows<GaugeRows>(() => new GaugeRows(columns), this);
        _sums = new DayRows<SumRows>(() => new SumRows(columns), this);
        _histograms = new DayRows<HistogramRows>(() => new HistogramRows(columns), this);
        _exponentialHistograms = new DayRows<ExponentialHistogramRows>(() => new ExponentialHistogramRows(columns), this);
        _summaries = new DayRows<SummaryRows>(() => new SummaryRows(columns), this);
    }

    public override void Append(ReadOnlySpan<byte> body, bool isCanonical)
    {
        var context = new ItemContext(Numbers);
        var metricContext = new MetricContext(Numbers);
        foreach (var resource in new MetricsReader(body))
        {
            context.Enter(resource);
            foreach (var scope in resource.Scopes)
            {
                context.Enter(scope);
                foreach (var metric in scope.Items)
                {
                    metricContext.Enter(metric);
                    Append(metric, context, metricContext);
                }
            }
        }
    }

    protected override void CloseRows()
    {
        _gauges.Close();
        _sums.Close();
        _histograms.Close();
        _exponentialHistograms.Close();
        _summaries.Close();
    }

    protected override void ReleaseRows()
    {
        _gauges.Release();
        _sums.Release();
        _histograms.Release();
        _exponentialHistograms.Release();
        _summaries.Release();
    }

    private void Append(MetricReader metric, in ItemContext context, MetricContext metricContext)
    {
        switch (metric.Kind)
        {
            case MetricKind.Gauge:
                Append(_gauges, metric.Gauge.DataPoints, context, metricContext);
                break;
            case MetricKind.Sum:
                var sum = metric.Sum;
                metricContext.AggregationTemporality = sum.AggregationTemporality;
                metricContext.IsMonotonic = sum.IsMonotonic;
                Append(_sums, sum.DataPoints, context, metricContext);
                break;
            case MetricKind.Histogram:
                var histogram = metric.Histogram;
                metricContext.AggregationTemporality = histogram.AggregationTemporality;
                Append(histogram.DataPoints, context, metricContext);
                break;
            case MetricKind.ExponentialHistogram:
                var exponential = metric.ExponentialHistogram;
                metricContext.AggregationTemporality = exponential.AggregationTemporality;
                Append(exponential.DataPoints, context, metricContext);
                break;
            case MetricKind.Summary:
                Append(metric.Summary.DataPoints, context, metricContext);
                break;
        }
    }

    private void Append<TRows>(
        DayRows<TRows> rows, WireList<NumberDataPointReader> points, in ItemContext context, in MetricContext metric)
        where TRows : NumberRows
    {
        for (var each = points.GetEnumerator(); each.MoveNext();)
        {
            var point = each.Current;
            var bytes = MetricRows.BytesOf(context, metric, each.Length, point.Exemplars.Count);
            if (TakeRoom(bytes))
                rows.Of(UnixDay.Of(point.TimeUnixNano)).Append(point, context, metric, bytes);
        }
    }

    private void Append(WireList<HistogramDataPointReader> points, in ItemContext context, in MetricContext metric)
    {
        for (var each = points.GetEnumerator(); each.MoveNext();)
        {
            var point = each.Current;
            var bytes = MetricRows.BytesOf(context, metric, each.Length, point.Exemplars.Count);
            if (TakeRoom(bytes))
                _histograms.Of(UnixDay.Of(point.TimeUnixNano)).Append(point, context, metric, bytes);
        }
    }

    private void Append(WireList<ExponentialHistogramDataPointReader> points, in ItemContext context, in MetricContext metric)
    {
        for (var each = points.GetEnumerator(); each.MoveNext();)
        {
            var point = each.Current;
            var bytes = MetricRows.BytesOf(context, metric, each.Length, point.Exemplars.Count);
            if (TakeRoom(bytes))
                _exponentialHistograms.Of(UnixDay.Of(point.TimeUnixNano)).Append(point, context, metric, bytes);
        }
    }

    private void Append(WireList<SummaryDataPointReader> points, in ItemContext context, in MetricContext metric)
    {
        for (var each = points.GetEnumerator(); each.MoveNext();)
        {
            var point = each.Current;
            var bytes = MetricRows.BytesOf(context, metric, each.Length, 0);
            if (TakeRoom(bytes))
                _summaries.Of(UnixDay.Of(point.TimeUnixNano)).Append(point, context, metric, bytes);
        }
    }
}
