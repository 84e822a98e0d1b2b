using System.Collections;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Metrics.V1;

namespace Rotel.Processors.Filtering;

/// <summary>What the filter should do, written plainly: removes items of a parsed request, and envelopes that lose all theirs.</summary>
internal sealed class ReferenceFilter
{
    public Func<PlainSpan, bool> DropSpan { get; set; } = _ => false;

    public Func<PlainLog, bool> DropLog { get; set; } = _ => false;

    public Func<PlainMetric, bool> DropMetric { get; set; } = _ => false;

    public Func<PlainPoint, bool> DropPoint { get; set; } = _ => false;

    /// <summary>Removes from the request; returns how many items went.</summary>
    public int Apply(IMessage request) => request switch
    {
        ExportTraceServiceRequest traces => Prune(
            traces.ResourceSpans, resource => Prune(
                resource.ScopeSpans, scope => Remove(
                    scope.Spans, span => DropSpan(new(new(resource.Resource, scope.Scope), span))), scope => scope.Spans.Count == 0),
            resource => resource.ScopeSpans.Count == 0),
        ExportLogsServiceRequest logs => Prune(
            logs.ResourceLogs, resource => Prune(
                resource.ScopeLogs, scope => Remove(
                    scope.LogRecords, log => DropLog(new(new(resource.Resource, scope.Scope), log))), scope => scope.LogRecords.Count == 0),
            resource => resource.ScopeLogs.Count == 0),
        ExportMetricsServiceRequest metrics => Prune(
            metrics.ResourceMetrics, resource => Prune(
                resource.ScopeMetrics, scope => Scope(new(resource.Resource, scope.Scope), scope), scope => scope.Metrics.Count == 0),
            resource => resource.ScopeMetrics.Count == 0),
        _ => throw new ArgumentException("Not an export request.", nameof(request)),
    };

    private int Scope(PlainScope around, ScopeMetrics scope)
    {
        var removed = 0;
        for (var i = scope.Metrics.Count - 1; i >= 0; i--)
        {
            var metric = new PlainMetric(around, scope.Metrics[i]);
            if (DropMetric(metric))
            {
                removed += Points(metric.Metric).Count;
                scope.Metrics.RemoveAt(i);
                continue;
            }

            var of = Remove(Points(metric.Metric), point => DropPoint(PlainPoint.Of(metric, point!)));
            if (of > 0 && Points(metric.Metric).Count == 0)
                scope.Metrics.RemoveAt(i);
            removed += of;
        }

        return removed;
    }

    private static IList Points(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints,
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints,
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints,
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints,
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints,
        _ => Array.Empty<object>(),
    };

    private static int Remove(IList items, Func<object, bool> drop)
    {
        var removed = 0;
        for (var i = items.Count - 1; i >= 0; i--)
        {
            if (!drop(items[i]!))
                continue;
            items.RemoveAt(i);
            removed++;
        }

        return removed;
    }

    private static int Remove<T>(IList<T> items, Func<T, bool> drop) => Remove((IList)items, item => drop((T)item));

    private static int Prune<T>(IList<T> envelopes, Func<T, int> remove, Func<T, bool> isEmpty)
    {
        var removed = 0;
        for (var i = envelopes.Count - 1; i >= 0; i--)
        {
            var wasEmpty = isEmpty(envelopes[i]);
            removed += remove(envelopes[i]);
            if (!wasEmpty && isEmpty(envelopes[i]))
                envelopes.RemoveAt(i);
        }

        return removed;
    }
}
