using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Filtering;

/// <summary>A scope with the resource around it; both may not be there.</summary>
internal sealed record PlainScope(ResourceMessage? Resource, InstrumentationScope? Scope);

internal sealed record PlainSpan(PlainScope Around, Span Span);

internal sealed record PlainLog(PlainScope Around, LogRecord Record);

internal sealed record PlainMetric(PlainScope Around, Metric Metric);

/// <summary>What all kinds of data points have that conditions ask for; the value is null where there is none.</summary>
internal sealed record PlainPoint(PlainMetric Around, IEnumerable<KeyValue> Attributes, double? Value)
{
    public static PlainPoint Of(PlainMetric metric, object point) => point switch
    {
        NumberDataPoint p => new(metric, p.Attributes, p.ValueCase switch
        {
            NumberDataPoint.ValueOneofCase.AsDouble => p.AsDouble,
            NumberDataPoint.ValueOneofCase.AsInt => p.AsInt,
            _ => null,
        }),
        HistogramDataPoint p => new(metric, p.Attributes, null),
        ExponentialHistogramDataPoint p => new(metric, p.Attributes, null),
        _ => new(metric, ((SummaryDataPoint)point).Attributes, null),
    };
}
