namespace Rotel.Otlp;

/// <summary>What a length-delimited field holds. The messages are the rows of <see cref="OtlpSchema"/>, in its order.</summary>
internal enum OtlpContent : byte
{
    /// <summary>Bytes, or a field we do not know.</summary>
    Opaque = 0,
    String,
    PackedFixed64,
    PackedVarint,

    /// <summary>The first of the messages.</summary>
    KeyValue,
    AnyValue,
    ArrayValue,
    KeyValueList,
    Scope,
    EntityRef,
    Resource,
    Span,
    Event,
    Link,
    Status,
    LogRecord,
    Metric,
    NumberData,
    HistogramData,
    ExponentialHistogramData,
    SummaryData,
    NumberPoint,
    HistogramPoint,
    ExponentialHistogramPoint,
    Buckets,
    SummaryPoint,
    Quantile,
    Exemplar,
    TracesRequest,
    MetricsRequest,
    LogsRequest,
    ResourceSpans,
    ResourceMetrics,
    ResourceLogs,
    ScopeSpans,
    ScopeMetrics,
    ScopeLogs,
}
