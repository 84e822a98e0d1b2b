using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.Engine;

/// <summary>Small trace bodies whose spans can be told apart by name.</summary>
internal static class TraceBody
{
    public static byte[] Of(int spans, string prefix = "s", int padding = 0)
    {
        var scope = new ScopeSpans();
        for (var i = 0; i < spans; i++)
            scope.Spans.Add(new Span { Name = $"{prefix}{i}", TraceState = new string('x', padding) });
        return new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } }.ToByteArray();
    }

    /// <summary>Spans of a resource with an attribute of this text.</summary>
    public static byte[] Under(string attribute, int spans)
    {
        var request = ExportTraceServiceRequest.Parser.ParseFrom(Of(spans));
        request.ResourceSpans[0].Resource = new() { Attributes = { new KeyValue { Key = "a", Value = new() { StringValue = attribute } } } };
        return request.ToByteArray();
    }

    /// <summary>The names of all spans in bodies that were sent one after another.</summary>
    public static IEnumerable<string> SpanNames(IEnumerable<byte[]> bodies) =>
        from body in bodies
        from resource in ExportTraceServiceRequest.Parser.ParseFrom(body).ResourceSpans
        from scope in resource.ScopeSpans
        from span in scope.Spans
        select span.Name;
}
