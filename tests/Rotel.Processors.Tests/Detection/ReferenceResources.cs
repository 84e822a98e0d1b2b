using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Detection;

/// <summary>What detected attributes do to a request, on objects.</summary>
internal static class ReferenceResources
{
    public static void Set(IMessage request, IReadOnlyList<KeyValue> detected, bool overrides)
    {
        var resources = request switch
        {
            ExportTraceServiceRequest traces => traces.ResourceSpans.Select(each => each.Resource ??= new ResourceMessage()),
            ExportMetricsServiceRequest metrics => metrics.ResourceMetrics.Select(each => each.Resource ??= new ResourceMessage()),
            ExportLogsServiceRequest logs => logs.ResourceLogs.Select(each => each.Resource ??= new ResourceMessage()),
            _ => throw new ArgumentException("Not a request.", nameof(request)),
        };
        foreach (var resource in resources)
        {
            foreach (var attribute in detected)
                Set(resource.Attributes, attribute, overrides);
        }
    }

    private static void Set(RepeatedField<KeyValue> attributes, KeyValue attribute, bool overrides)
    {
        var same = attributes.Where(each => each.Key == attribute.Key).ToList();
        if (same.Count == 0)
            attributes.Add(attribute);
        if (same.Count == 0 || !overrides)
            return;

        // Unknown fields of the pair stay.
        same[0].Value = attribute.Value;
        for (var i = attributes.Count - 1; i >= 0; i--)
        {
            if (attributes[i].Key == attribute.Key && !ReferenceEquals(attributes[i], same[0]))
                attributes.RemoveAt(i);
        }
    }
}
