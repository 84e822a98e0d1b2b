namespace Rotel.Exporters.Datadog.Traces;

/// <summary>The tags of spans that are made here and not copied from an attribute.</summary>
internal static class TagKeys
{
    public static readonly TagKey SpanKind = new("span.kind");
    public static readonly TagKey TraceId = new("otel.trace_id");
    public static readonly TagKey TraceIdHigh = new("_dd.p.tid");
    public static readonly TagKey DecisionMaker = new("_dd.p.dm");
    public static readonly TagKey TraceState = new("w3c.tracestate");
    public static readonly TagKey StatusCode = new("otel.status_code");
    public static readonly TagKey StatusDescription = new("otel.status_description");
    public static readonly TagKey Events = new("events");
    public static readonly TagKey HasException = new("_dd.span_events.has_exception");
    public static readonly TagKey Links = new("_dd.span_links");
    public static readonly TagKey ScopeName = new("otel.scope.name");
    public static readonly TagKey ScopeVersion = new("otel.scope.version");
    public static readonly TagKey LibraryName = new("otel.library.name");
    public static readonly TagKey LibraryVersion = new("otel.library.version");
    public static readonly TagKey Environment = new("env");
    public static readonly TagKey Version = new("version");
    public static readonly TagKey DatabaseName = new("db.name");
    public static readonly TagKey GrpcStatusCode = new("rpc.grpc.status_code");
    public static readonly TagKey ErrorMessage = new("error.msg");
    public static readonly TagKey ErrorType = new("error.type");
    public static readonly TagKey ErrorStack = new("error.stack");
    public static readonly TagKey HttpStatusCode = new("http.status_code");
    public static readonly TagKey TopLevel = new("_top_level");
    public static readonly TagKey Measured = new("_dd.measured");
    public static readonly TagKey SamplingPriority = new("_sampling_priority_v1");
    public static readonly TagKey SampleRate = new("_sample_rate");
    public static readonly TagKey AnalyticsEvent = new("_dd1.sr.eausr");
}
