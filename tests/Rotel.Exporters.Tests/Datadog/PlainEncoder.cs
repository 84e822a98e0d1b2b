using System.Text.Json;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Datadog.TestKit.Traces;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.Datadog;

/// <summary>
/// Sends the texts of log records, or the names of spans, so many per request. Some texts are orders: <c>absorb</c> is in no request,
/// <c>reject</c> and <c>oversized</c> are left out, <c>defect</c> throws.
/// </summary>
internal sealed class PlainEncoder(OtlpSignal signal, BufferPool pool, int perRequest) : SignalEncoder
{
    private readonly List<string> _open = [];

    public int Abandoned { get; private set; }

    public bool IsDisposed { get; private set; }

    public override void Append(OtlpPayload payload, PayloadSink sink)
    {
        foreach (var text in Texts(payload))
        {
            switch (text)
            {
                case "absorb":
                    break;
                case "reject":
                    sink.Reject(1, "the test wants it so");
                    break;
                case "oversized":
                    sink.RejectOversized();
                    break;
                case "defect":
                    throw new InvalidOperationException("a defect");
                default:
                    _open.Add(text);
                    if (_open.Count == perRequest)
                        Close(sink);
                    break;
            }
        }
    }

    public override void Close(PayloadSink sink)
    {
        if (_open.Count == 0)
            return;
        using var body = new PooledBytes(pool);
        body.Write(signal == OtlpSignal.Logs
            ? JsonSerializer.SerializeToUtf8Bytes(_open.Select(text => new Dictionary<string, string> { ["message"] = text }))
            : Traces());
        sink.Add(signal == OtlpSignal.Logs ? DatadogIntake.Logs : DatadogIntake.Traces, body, _open.Count);
        _open.Clear();
    }

    public override void Abandon()
    {
        Abandoned++;
        _open.Clear();
    }

    public override void Dispose() => IsDisposed = true;

    private static IEnumerable<string> Texts(OtlpPayload payload) => payload.Signal == OtlpSignal.Logs
        ? ExportLogsServiceRequest.Parser.ParseFrom(payload.Body.Span).ResourceLogs
            .SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords).Select(record => record.Body.StringValue)
        : ExportTraceServiceRequest.Parser.ParseFrom(payload.Body.Span).ResourceSpans
            .SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans).Select(span => span.Name);

    private byte[] Traces() => new AgentPayload
    {
        TracerPayloads =
        {
            new TracerPayload { Chunks = { new TraceChunk { Spans = { _open.Select(name => new Span { Name = name }) } } } },
        },
    }.ToByteArray();
}
