using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Batching;
using Rotel.Datadog.TestKit;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Exporters.Tests.Datadog;

/// <summary>The exporter at the end of a real queue. All memory must be given back in the end, and the ledger add up.</summary>
internal sealed class DatadogBench : IAsyncDisposable
{
    private readonly ExporterBench _bench;
    private readonly RotelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly OtlpSignal _signal;

    /// <param name="server">Where to.</param>
    /// <param name="perRequest">Items in one request.</param>
    /// <param name="signal">Logs or traces.</param>
    /// <param name="time">Null for the real one, with short waits.</param>
    /// <param name="requestTimeout">Of an attempt.</param>
    /// <param name="maxElapsed">After which retries end.</param>
    public DatadogBench(
        DatadogServer server,
        int perRequest = 10,
        OtlpSignal signal = OtlpSignal.Logs,
        TimeProvider? time = null,
        TimeSpan? requestTimeout = null,
        TimeSpan? maxElapsed = null)
    {
        _signal = signal;
        _time = time ?? new TimerThread();
        _bench = new ExporterBench(_time);
        _metrics = new RotelMetrics(_bench.Budget);
        var options = new DatadogExporterOptions { CustomEndpoint = server.Endpoint, ApiKey = server.ApiKey };
        var client = new DatadogClient(options, _bench.Context);
        Exporter = new DatadogExporter(client, CreateEncoder, [Reporter], deltas: null, _bench.Context);
        Queue = new ExporterQueue(
            signal,
            new ExporterQueueSettings(
                "test",
                200 * 1024 * 1024,
                OverflowPolicy.Block,
                new BatchLimits(100_000, 100 * 1024 * 1024, TimeSpan.FromMilliseconds(10)),
                new RetrySchedule(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10), maxElapsed ?? TimeSpan.FromMinutes(5)),
                requestTimeout ?? TimeSpan.FromSeconds(20),
                MaxConcurrentRequests: 2),
            Exporter,
            _bench.Context.Pool,
            _bench.Context.Workers,
            _time,
            _metrics.CreateExporterLedger("test", signal),
            new DeliveryLog(_bench.Log, "test", signal, _time));

        SignalEncoder CreateEncoder(OtlpSignal signal)
        {
            var encoder = new PlainEncoder(signal, _bench.Context.Pool, perRequest);
            Encoders.Add(encoder);
            return encoder;
        }
    }

    public static OtlpPayload PayloadOf(ExporterBench bench, OtlpSignal signal, params IEnumerable<string> texts) =>
        PayloadOf(bench, signal, Body(signal, texts), texts.Count());

    public static OtlpPayload PayloadOf(ExporterBench bench, OtlpSignal signal, byte[] body, int items, bool isValidated = true)
    {
        var buffer = bench.Context.Pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(signal, buffer, body.Length, items) { IsValidated = isValidated };
    }

    public static byte[] Body(OtlpSignal signal, IEnumerable<string> texts)
    {
        IMessage request = signal == OtlpSignal.Logs
            ? new ExportLogsServiceRequest
            {
                ResourceLogs =
                {
                    new ResourceLogs
                    {
                        ScopeLogs =
                        {
                            new ScopeLogs
                            {
                                LogRecords = { texts.Select(text => new LogRecord { Body = new AnyValue { StringValue = text } }) },
                            },
                        },
                    },
                },
            }
            : new ExportTraceServiceRequest
            {
                ResourceSpans =
                {
                    new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { texts.Select(text => new Span { Name = text }) } } } },
                },
            };
        return request.ToByteArray();
    }

    public DatadogExporter Exporter { get; }

    public ExporterQueue Queue { get; }

    public CountingReporter Reporter { get; } = new();

    public List<PlainEncoder> Encoders { get; } = [];

    public IReadOnlyList<string> Log => [.. _bench.Log.Lines];

    /// <summary>Hands texts to the queue, as one payload.</summary>
    public void Send(params IEnumerable<string> texts)
    {
        var payload = PayloadOf(_bench, _signal, texts);
        payload.AcceptedAt = _time.GetTimestamp();
        Assert.Equal(AdmissionResult.Admitted, Queue.TryReserve(payload.Charge, mayEvict: false));
        Queue.Enqueue(payload, payload.Completion);
    }

    /// <summary>Sends and waits until all of it has an end.</summary>
    public async Task DeliverAsync(params IEnumerable<string> texts)
    {
        Send(texts);
        await TestKit.Watchdog.WaitAsync(
            Queue.FlushAsync(TestContext.Current.CancellationToken), "the end of the batch", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Queue.DrainAsync(new Deadline(_time, TimeSpan.Zero), CancellationToken.None);
        Assert.Equal(Queue.Ledger.Accepted, Queue.Ledger.Delivered + Queue.Ledger.TotalDropped);
        Queue.Dispose();
        await Exporter.DisposeAsync();
        Assert.True(Reporter.IsDisposed);
        Assert.All(Encoders, encoder => Assert.True(encoder.IsDisposed));
        Assert.Equal(0, _bench.Budget.Reserved);
        _metrics.Dispose();
        _bench.Dispose();
        (_time as IDisposable)?.Dispose();
    }

    /// <summary>Counts how often it was told to send what it holds.</summary>
    internal sealed class CountingReporter : IDatadogReporter
    {
        public int Flushes { get; private set; }

        public bool IsDisposed { get; private set; }

        public ValueTask FlushAsync(CancellationToken cancellationToken)
        {
            Flushes++;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
