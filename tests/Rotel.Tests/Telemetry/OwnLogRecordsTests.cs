using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Proto.Collector.Logs.V1;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Exporters.Blackhole;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Telemetry;

/// <summary>Messages wait within bounds, charged to the budget, and without a timer while there are none.</summary>
public sealed class OwnLogRecordsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly BufferPool _pool = new(new ByteBudget(16 << 20));
    private readonly BackgroundWorkers _workers = new(1);
    private readonly LogRecorder _host = new();
    private readonly RotelMetrics _metrics;
    private readonly ReceiverLedger _ledger;
    private readonly List<ExportLogsServiceRequest> _handedIn = [];
    private readonly ExporterQueue _queue;
    private readonly OwnLogRecords _records;

    public OwnLogRecordsTests()
    {
        _metrics = new RotelMetrics(_pool.Budget);
        ReceiverLedger[] ledgers = [.. OtlpSignals.All.ToArray().Select(signal => _metrics.AddReceiver(InternalIntake.Name, signal))];
        _ledger = ledgers[(int)OtlpSignal.Logs];
        _queue = new ExporterQueue(
            OtlpSignal.Logs,
            new ExporterQueueSettings(
                "sink",
                4 << 20,
                OverflowPolicy.Block,
                new BatchLimits(int.MaxValue, int.MaxValue, TimeSpan.FromHours(1)),
                new RetrySchedule(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(300)),
                TimeSpan.FromSeconds(5),
                1),
            new BlackholeExporter(),
            _pool,
            _workers,
            _time,
            _metrics.CreateExporterLedger("sink", OtlpSignal.Logs),
            new DeliveryLog(_host.CreateLogger("Rotel.Delivery"), "sink", OtlpSignal.Logs, _time));
        var pipeline = new Pipeline(OtlpSignal.Logs, [new Watch(_handedIn)], [_queue]);
        var settings = new IntakeSettings(OtlpLimits.InProcess, TimeSpan.Zero, AcknowledgementMode.Accepted, TimeSpan.Zero);
        var intake = new Intake(_pool, _time, _workers, settings, [null, null, pipeline, null], ledgers);
        var own = new InternalIntake(intake, _pool, _workers, _time, _host.CreateLogger("Rotel.Telemetry"));
        _records = new OwnLogRecords(new OwnResource([]), own, _pool, _time);
    }

    [Fact]
    public async Task Records_AfterASecond_AreHandedInTogether()
    {
        Add("one");
        Add("two");
        Assert.Empty(_handedIn);

        _time.Advance(OwnLogRecords.Delay);
        await _workers.RunAsync(() => true);

        Assert.Equal(2, Assert.Single(_handedIn).ResourceLogs[0].ScopeLogs[0].LogRecords.Count);
        Assert.Equal("rotel", _handedIn[0].ResourceLogs[0].Resource.Attributes[0].Value.StringValue);
    }

    [Fact]
    public void Records_OverTheBound_AreRefusedAndCountedAndSaidOnce()
    {
        lock (_handedIn)
        {
            // The worker that would hand the first half in waits for this lock.
            for (var i = 0; i < OwnLogRecords.MaxRecords + 400; i++)
                Add("x");
            for (var i = 0; i < 40; i++)
                Add(new string('y', 16_000));
        }

        _records.HandIn();

        Assert.InRange(_ledger.Refused(RefusalReason.Busy), 1, 1440);
        Assert.Equal(1440, _ledger.Accepted + _ledger.Refused(RefusalReason.Busy));
        Assert.Equal(5140, Assert.Single(_host.Lines).EventId);
    }

    [Fact]
    public void Bytes_OfRecordsThatWait_AreChargedAndBounded()
    {
        for (var i = 0; i < 6; i++)
            Add(new string('y', 16_000));
        Assert.InRange(_pool.Budget.Reserved, 96_000, 2 * OwnLogRecords.MaxBytes);

        _records.Close();
        Add("late");
        _records.HandIn();

        Assert.Equal(6, _ledger.Accepted);
    }

    [Fact]
    public void Value_ThatFailsToSayWhatItIs_CostsItsMessageOnly()
    {
        Add("one");
        _records.Add(LogLevel.Error, "Rotel", default, "two", new Dictionary<string, object?> { ["Bad"] = new Unspeakable() }, null);
        Add("three");

        _records.HandIn();

        Assert.Equal(["one", "three"], _handedIn[0].ResourceLogs[0].ScopeLogs[0].LogRecords.Select(record => record.Body.StringValue));
        Assert.Equal(1, _ledger.Refused(RefusalReason.Busy));
    }

    public void Dispose()
    {
        _records.Dispose();
        _queue.Dispose();
        _workers.Dispose();
        _metrics.Dispose();
        _host.Dispose();
    }

    private void Add(string message) => _records.Add(LogLevel.Information, "Rotel", default, message, null, null);

    private sealed class Unspeakable
    {
        public override string ToString() => throw new InvalidOperationException();
    }

    private sealed class Watch(List<ExportLogsServiceRequest> seen) : IPayloadProcessor
    {
        public OtlpPayload Process(OtlpPayload payload)
        {
            lock (seen)
                seen.Add(ExportLogsServiceRequest.Parser.ParseFrom(payload.Body.Span));
            return payload;
        }
    }
}
