using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.Threading;

namespace Rotel.Receivers.Otlp;

/// <summary>A started receiver on free ports before a real engine with one recording destination.</summary>
internal sealed class ReceiverSetup : IAsyncDisposable
{
    private readonly TimerThread _time = new();
    private readonly BackgroundWorkers _workers = new(1);
    private readonly RotelMetrics _metrics;
    private readonly List<ExporterQueue> _queues = [];
    private readonly Pipeline?[] _pipelines = new Pipeline?[OtlpSignals.Count];
    private readonly ILoggerFactory? _logs;
    private readonly ReceiverLedger[] _grpcLedgers;
    private readonly ReceiverLedger[] _httpLedgers;

    private ReceiverSetup(
        OtlpReceiverOptions options, long budget, long queueBytes, ILoggerFactory? logs, IPayloadProcessor[] processors, OtlpSignal[] signals)
    {
        _logs = logs;
        Options = options;
        Pool = new BufferPool(new ByteBudget(budget));
        _metrics = new RotelMetrics(Pool.Budget);
        foreach (var signal in signals)
        {
            var settings = new ExporterQueueSettings(
                "recording",
                queueBytes,
                OverflowPolicy.Block,
                new BatchLimits(8192, 1024 * 1024, TimeSpan.Zero),
                RetrySchedule.From(new RetryOptions()),
                TimeSpan.FromSeconds(30),
                4);
            var queue = new ExporterQueue(
                signal,
                settings,
                Exporter,
                Pool,
                _workers,
                _time,
                _metrics.CreateExporterLedger("recording", signal),
                new DeliveryLog(NullLogger.Instance, "recording", signal, _time));
            _queues.Add(queue);
            _pipelines[(int)signal] = new Pipeline(signal, processors, [queue]);
        }

        _grpcLedgers = Ledgers(OtlpReceiver.GrpcName);
        _httpLedgers = Ledgers(OtlpReceiver.HttpName);
        Receiver = new OtlpReceiver(options, Intake(_grpcLedgers), Intake(_httpLedgers), _metrics, _logs, _time);
    }

    public OtlpReceiverOptions Options { get; }

    public BufferPool Pool { get; }

    public RecordingExporter Exporter { get; } = new();

    public OtlpReceiver Receiver { get; }

    public Uri HttpUri => new($"{Scheme}://{Receiver.HttpEndpoints[0]}");

    public Uri GrpcUri => new($"{Scheme}://{Receiver.GrpcEndpoints[0]}");

    public IPEndPoint HttpEndpoint => (IPEndPoint)Receiver.HttpEndpoints[0];

    public IPEndPoint GrpcEndpoint => (IPEndPoint)Receiver.GrpcEndpoints[0];

    private string Scheme => Options.Tls.IsOn ? "https" : "http";

    public static OtlpReceiverOptions AnyPorts() => new() { GrpcEndpoint = "127.0.0.1:0", HttpEndpoint = "127.0.0.1:0" };

    public static async Task<ReceiverSetup> StartAsync(
        OtlpReceiverOptions? options = null, long budget = 64 * 1024 * 1024, long queueBytes = 32 * 1024 * 1024, ILoggerFactory? logs = null,
        IPayloadProcessor[]? processors = null, params OtlpSignal[] signals)
    {
        var setup = new ReceiverSetup(
            options ?? AnyPorts(), budget, queueBytes, logs, processors ?? [], signals.Length == 0 ? OtlpSignals.All.ToArray() : signals);
        await setup.Receiver.StartAsync(TestContext.Current.CancellationToken);
        return setup;
    }

    public ReceiverLedger Grpc(OtlpSignal signal) => _grpcLedgers[(int)signal];

    public ReceiverLedger Http(OtlpSignal signal) => _httpLedgers[(int)signal];

    /// <summary>Waits until the destination has so many items.</summary>
    public Task ArrivedAsync(int items) => Watchdog.UntilAsync(
        Exporter.Changes,
        () => Exporter.Count >= items,
        () => $"{items} items at the destination; {Exporter.Count} came",
        TestContext.Current.CancellationToken);

    /// <summary>Waits until every byte is given back: the last step of a request is not seen by its sender.</summary>
    public async Task NothingHeldAsync()
    {
        while (true)
        {
            var room = Pool.Budget.Room.NextRelease();
            if (Pool.Budget.Reserved == 0)
                return;
            await Watchdog.WaitAsync(room, $"the budget empty; {Pool.Budget.Reserved} bytes are held", TestContext.Current.CancellationToken);
        }
    }

    public Deadline In(TimeSpan time) => new(_time, time);

    /// <summary>Stops as Rotel does, and proves that nothing leaked.</summary>
    public async ValueTask DisposeAsync()
    {
        await Receiver.StopAsync(In(TimeSpan.FromSeconds(10)), CancellationToken.None);
        await Receiver.DisposeAsync();
        foreach (var queue in _queues)
        {
            await queue.DrainAsync(In(TimeSpan.FromSeconds(10)), CancellationToken.None);
            queue.Dispose();
        }

        await NothingHeldAsync();
        _workers.Dispose();
        _time.Dispose();
        _metrics.Dispose();
    }

    private ReceiverLedger[] Ledgers(string receiver) =>
        [.. OtlpSignals.All.ToArray().Select(signal => _metrics.AddReceiver(receiver, signal))];

    private Intake Intake(ReceiverLedger[] ledgers) => new(
        Pool,
        _time,
        _workers,
        new IntakeSettings(
            OtlpLimits.Untrusted with { MaxItemBytes = Options.MaxItemBytes ?? int.MaxValue },
            Options.AdmissionTimeout,
            Options.Acknowledgement,
            Options.AcknowledgementTimeout),
        [.. _pipelines],
        ledgers);
}
