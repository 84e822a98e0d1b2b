using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Editing;

/// <summary>Does what <see cref="RandomEdits"/> say, on objects.</summary>
internal static class ReferenceEdit
{
    public static void Apply(RandomEdits edits, IMessage request)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var resource in traces.ResourceSpans)
                {
                    resource.Resource = Resource(edits, resource.Resource);
                    foreach (var scope in resource.ScopeSpans)
                    {
                        Scope(edits, scope.Scope);
                        Leave(scope.Spans, span => Keeps(edits, span.Attributes));
                    }

                    LeaveEmptied(resource.ScopeSpans, scope => scope.Spans.Count);
                }

                LeaveEmptied(traces.ResourceSpans, resource => resource.ScopeSpans.Count);
                break;
            case ExportLogsServiceRequest logs:
                foreach (var resource in logs.ResourceLogs)
                {
                    resource.Resource = Resource(edits, resource.Resource);
                    foreach (var scope in resource.ScopeLogs)
                    {
                        Scope(edits, scope.Scope);
                        Leave(scope.LogRecords, record => Keeps(edits, record.Attributes));
                    }

                    LeaveEmptied(resource.ScopeLogs, scope => scope.LogRecords.Count);
                }

                LeaveEmptied(logs.ResourceLogs, resource => resource.ScopeLogs.Count);
                break;
            case ExportMetricsServiceRequest metrics:
                foreach (var resource in metrics.ResourceMetrics)
                {
                    resource.Resource = Resource(edits, resource.Resource);
                    foreach (var scope in resource.ScopeMetrics)
                    {
                        Scope(edits, scope.Scope);
                        Leave(scope.Metrics, metric => KeepsMetric(edits, metric));
                    }

                    LeaveEmptied(resource.ScopeMetrics, scope => scope.Metrics.Count);
                }

                LeaveEmptied(metrics.ResourceMetrics, resource => resource.ScopeMetrics.Count);
                break;
        }
    }

    // What is empty from the start stays: it is marked before by having had no removal.
    private static readonly HashSet<object> Emptied = new(ReferenceEqualityComparer.Instance);

    private static void Leave<TItem>(RepeatedField<TItem> items, Func<TItem, bool> keeps)
    {
        var had = items.Count;
        var left = items.Where(keeps).ToList();
        items.Clear();
        items.Add(left);
        if (had > 0 && left.Count == 0)
            Emptied.Add(items);
    }

    private static void LeaveEmptied<TEnvelope>(RepeatedField<TEnvelope> envelopes, Func<TEnvelope, int> childrenOf)
        where TEnvelope : IMessage =>
        Leave(envelopes, envelope => childrenOf(envelope) > 0 || !WasEmptied(envelope));

    private static bool WasEmptied(IMessage envelope) =>
        envelope.Descriptor.FindFieldByNumber(2).Accessor.GetValue(envelope) is var children && Emptied.Contains(children);

    private static bool Keeps(RandomEdits edits, RepeatedField<KeyValue> attributes)
    {
        var key = attributes.Count > 0 ? ByteString.CopyFromUtf8(attributes[^1].Key).ToByteArray() : [];
        var keeps = !edits.LeavesOut("item", attributes.Count, key);
        Attributes(edits, attributes, "item");
        return keeps;
    }

    private static bool KeepsMetric(RandomEdits edits, Metric metric)
    {
        if (edits.LeavesOut("metric", 0, ByteString.CopyFromUtf8(metric.Name).Span))
            return false;
        var isEmptied = metric.DataCase switch
        {
            Metric.DataOneofCase.Gauge => Points(metric.Gauge.DataPoints, point => Keeps(edits, point.Attributes)),
            Metric.DataOneofCase.Sum => Points(metric.Sum.DataPoints, point => Keeps(edits, point.Attributes)),
            Metric.DataOneofCase.Histogram => Points(metric.Histogram.DataPoints, point => Keeps(edits, point.Attributes)),
            Metric.DataOneofCase.ExponentialHistogram =>
                Points(metric.ExponentialHistogram.DataPoints, point => Keeps(edits, point.Attributes)),
            Metric.DataOneofCase.Summary => Points(metric.Summary.DataPoints, point => Keeps(edits, point.Attributes)),
            _ => false,
        };
        Attributes(edits, metric.Metadata, "metadata");
        return !isEmptied;
    }

    private static bool Points<TPoint>(RepeatedField<TPoint> points, Func<TPoint, bool> keeps)
    {
        var had = points.Count;
        Leave(points, keeps);
        return had > 0 && points.Count == 0;
    }

    private static ResourceMessage? Resource(RandomEdits edits, ResourceMessage? resource)
    {
        if (resource is not null)
        {
            Attributes(edits, resource.Attributes, "resource");
            return resource;
        }

        return edits.AddsTo("no resource", 0) ? new ResourceMessage { Attributes = { Text("made", "once"), Text("copied", "once") } } : null;
    }

    private static void Scope(RandomEdits edits, InstrumentationScope? scope)
    {
        if (scope is not null)
            Attributes(edits, scope.Attributes, "scope");
    }

    private static void Attributes(RandomEdits edits, RepeatedField<KeyValue> attributes, string level)
    {
        var pairs = attributes.ToList();
        var removed = new HashSet<KeyValue>(ReferenceEqualityComparer.Instance);
        foreach (var pair in pairs)
        {
            switch (edits.Of(level, ByteString.CopyFromUtf8(pair.Key).Span))
            {
                case RandomEdits.Edit.Remove:
                    removed.Add(pair);
                    break;
                case RandomEdits.Edit.SetText:
                    pair.Value = new AnyValue { StringValue = "text" };
                    break;
                case RandomEdits.Edit.Rename:
                    pair.Key = "renamed";
                    break;
                case RandomEdits.Edit.RenameTwice:
                    pair.Key = new string('\0', 100);
                    break;
                case RandomEdits.Edit.CopyFirst:
                    pair.Value = pairs[0].Value?.Clone();
                    break;
                default:
                    break;
            }
        }

        var count = pairs.Count;
        attributes.Clear();
        attributes.Add(pairs.Where(pair => !removed.Contains(pair)));
        if (edits.AddsTo(level, count))
            attributes.Add(Text("added", new string('\0', level.Length)));
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };
}
