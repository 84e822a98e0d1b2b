using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;

namespace Rotel.ClickHouse.Queries;

/// <summary>A log record of the <see cref="ShopTelemetry"/>.</summary>
internal sealed record ShopLog(string Service, string Body, SeverityNumber Severity, ulong Time, string Route, int Trace)
{
    public string TraceId => Convert.ToHexStringLower(ShopTelemetry.Id(16, Trace));

    public LogRecord ToOtlp() => new()
    {
        TimeUnixNano = Time,
        TraceId = ByteString.CopyFrom(ShopTelemetry.Id(16, Trace)),
        SeverityNumber = Severity,
        SeverityText = Severity.ToString(),
        Body = new AnyValue { StringValue = Body },
        Attributes = { ShopTelemetry.Text("http.route", Route), ShopTelemetry.Number("order.id", Trace) },
    };
}
