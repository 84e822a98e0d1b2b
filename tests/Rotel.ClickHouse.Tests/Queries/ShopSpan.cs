using Google.Protobuf;
using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.ClickHouse.Queries;

/// <summary>A span of the <see cref="ShopTelemetry"/>. Times and durations in nanoseconds.</summary>
internal sealed record ShopSpan(
    int Trace,
    int Number,
    ShopSpan? Parent,
    string Service,
    string Name,
    Span.Types.SpanKind Kind,
    ulong Start,
    ulong Duration,
    string Route,
    bool Failed)
{
    public string TraceId => Convert.ToHexStringLower(ShopTelemetry.Id(16, Trace));

    public string SpanId => Convert.ToHexStringLower(ShopTelemetry.Id(8, Number));

    /// <summary>Only what answers a request knows a status, and only a failure says so.</summary>
    public bool IsError => Failed && Kind == Span.Types.SpanKind.Server;

    public Span ToOtlp()
    {
        var span = new Span
        {
            TraceId = ByteString.CopyFrom(ShopTelemetry.Id(16, Trace)),
            SpanId = ByteString.CopyFrom(ShopTelemetry.Id(8, Number)),
            Name = Name,
            Kind = Kind,
            StartTimeUnixNano = Start,
            EndTimeUnixNano = Start + Duration,
            Attributes = { ShopTelemetry.Text("http.route", Route), ShopTelemetry.Number("http.response.status_code", IsError ? 500 : 200) },
        };
        if (Parent is not null)
            span.ParentSpanId = ByteString.CopyFrom(ShopTelemetry.Id(8, Parent.Number));
        if (IsError)
            span.Status = new Status { Code = Status.Types.StatusCode.Error, Message = "failed" };
        return span;
    }
}
