using System.Text.Json;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Logs;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Exporters.Tests.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Exporters.Tests.Datadog.Logs;

/// <summary>Encodes log records and reads what would be sent with System.Text.Json, which takes no name twice here.</summary>
internal sealed class LogTrial : IDisposable
{
    private readonly BufferPool _pool;
    private readonly LogEncoder _encoder;
    private readonly PayloadSink _sink;

    public LogTrial(DatadogExporterOptions? options = null, long budget = 256 * 1024 * 1024)
    {
        _pool = new BufferPool(new ByteBudget(budget));
        _encoder = new LogEncoder(new ResourceCatalog(options ?? TestResource.Options(), _pool), _pool);
        _sink = new PayloadSink(compressor: null, _pool);
    }

    public PayloadSink Sink => _sink;

    public LogEncoder Encoder => _encoder;

    /// <summary>The one record of a request.</summary>
    public static JsonElement Send(LogRecord record, Resource? resource = null, InstrumentationScope? scope = null)
    {
        using var trial = new LogTrial();
        return Assert.Single(Assert.Single(trial.Send(Request(resource ?? new Resource(), scope, record))));
    }

    public static ExportLogsServiceRequest Request(Resource resource, InstrumentationScope? scope, params ReadOnlySpan<LogRecord> records)
    {
        var scoped = new ScopeLogs { Scope = scope };
        foreach (var record in records)
            scoped.LogRecords.Add(record);
        return new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { Resource = resource, ScopeLogs = { scoped } } } };
    }

    public static KeyValue Attribute(string key, AnyValue value) => new() { Key = key, Value = value };

    public static KeyValue Attribute(string key, string value) => Attribute(key, new AnyValue { StringValue = value });

    public OtlpPayload Payload(byte[] body)
    {
        var buffer = _pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(OtlpSignal.Logs, buffer, body.Length, itemCount: 0);
    }

    /// <summary>The requests of one batch: their records.</summary>
    public List<List<JsonElement>> Send(params IEnumerable<ExportLogsServiceRequest> requests)
    {
        foreach (var request in requests)
        {
            using var payload = Payload(request.ToByteArray());
            _encoder.Append(payload, _sink);
        }

        _encoder.Close(_sink);
        return [.. _sink.Payloads.Select(Read)];
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _sink.Dispose();
        Assert.Equal(0, _pool.Budget.Reserved);
    }

    private static List<JsonElement> Read(IntakePayload payload)
    {
        var body = new byte[payload.Body.Length];
        var at = 0;
        for (var i = 0; i < payload.Body.SegmentCount; i++)
        {
            payload.Body[i].CopyTo(body.AsMemory(at));
            at += payload.Body[i].Length;
        }

        Assert.Equal(DatadogIntake.Logs, payload.Intake);
        Assert.Equal(body.Length, payload.UncompressedLength);
        Assert.InRange(body.Length, 2, 5_000_000);
        var records = JsonElement.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false }).EnumerateArray().ToList();
        Assert.Equal(records.Count, payload.Items);
        Assert.InRange(records.Count, 1, 1000);
        Assert.All(records, record => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(record.GetRawText()), 2, 1_000_000));
        return records;
    }
}
