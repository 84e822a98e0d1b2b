using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>The names of spans at a backend.</summary>
internal static class SpanNames
{
    /// <summary>Of those it has kept, each once.</summary>
    public static IReadOnlySet<string> KeptBy(OtlpBackend backend)
    {
        var kept = backend.Items(OtlpSignal.Traces);
        var names =
            from request in backend.Requests
            where request.Signal == OtlpSignal.Traces
            from resource in ((ExportTraceServiceRequest)request.Message).ResourceSpans
            from scope in resource.ScopeSpans
            from span in scope.Spans
            where kept.ContainsKey(Convert.ToHexStringLower(span.SpanId.Span))
            select span.Name;
        return names.ToHashSet(StringComparer.Ordinal);
    }
}
