using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Editing;

/// <summary>Where a request has attributes, for references to edit.</summary>
internal static class RequestAttributes
{
    /// <summary>The attributes of every span, log record and data point.</summary>
    public static IEnumerable<RepeatedField<KeyValue>> OfItems(IMessage request) => request switch
    {
        ExportTraceServiceRequest traces =>
            from resource in traces.ResourceSpans
            from scope in resource.ScopeSpans
            from span in scope.Spans
            select span.Attributes,
        ExportLogsServiceRequest logs =>
            from resource in logs.ResourceLogs
            from scope in resource.ScopeLogs
            from record in scope.LogRecords
            select record.Attributes,
        ExportMetricsServiceRequest metrics =>
            from resource in metrics.ResourceMetrics
            from scope in resource.ScopeMetrics
            from metric in scope.Metrics
            from attributes in OfPoints(metric)
            select attributes,
        _ => [],
    };

    /// <summary>Edits the attributes of every resource; one that is not there is made when there are some afterwards.</summary>
    public static void OfResources(IMessage request, Action<RepeatedField<KeyValue>> edit)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var envelope in traces.ResourceSpans)
                    envelope.Resource = Edited(envelope.Resource, edit);
                break;
            case ExportMetricsServiceRequest metrics:
                foreach (var envelope in metrics.ResourceMetrics)
                    envelope.Resource = Edited(envelope.Resource, edit);
                break;
            case ExportLogsServiceRequest logs:
                foreach (var envelope in logs.ResourceLogs)
                    envelope.Resource = Edited(envelope.Resource, edit);
                break;
        }
    }

    private static ResourceMessage? Edited(ResourceMessage? resource, Action<RepeatedField<KeyValue>> edit)
    {
        var edited = resource ?? new ResourceMessage();
        edit(edited.Attributes);
        return resource is null && edited.Attributes.Count == 0 ? null : edited;
    }

    private static IEnumerable<RepeatedField<KeyValue>> OfPoints(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Select(point => point.Attributes),
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(point => point.Attributes),
        Metric.DataOneofCase.Histogram => metric.Histogram.DataPoints.Select(point => point.Attributes),
        Metric.DataOneofCase.ExponentialHistogram => metric.ExponentialHistogram.DataPoints.Select(point => point.Attributes),
        Metric.DataOneofCase.Summary => metric.Summary.DataPoints.Select(point => point.Attributes),
        _ => [],
    };
}
