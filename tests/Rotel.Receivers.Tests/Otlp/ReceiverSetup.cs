using System.Net;
using Microsoft.Extensions.Logging;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Receivers.Otlp;

/// <summary>A started receiver on free ports before a real engine with one recording destination.</summary>
internal sealed class ReceiverSetup : IAsyncDisposable
{
    private readonly RecordingEngine _engine;
    private readonly ReceiverLedger[] _grpcLedgers;
    private readonly ReceiverLedger[] _httpLedgers;

    private ReceiverSetup(
        OtlpReceiverOptions options,
        long budget,
        long queueBytes,
        ILoggerFactory? logs,
        IPayloadProcessor[] processors,
        OtlpSignal[] signals)
    {
        Options = options;
        _engine = new RecordingEngine(budget, queueBytes, new RetryOptions(), TimeSpan.FromSeconds(30), 4, processors, signals);
        _grpcLedgers = _engine.Ledgers(OtlpReceiver.GrpcName);
        _httpLedgers = _engine.Ledgers(OtlpReceiver.HttpName);
        Receiver = new OtlpReceiver(options, Intake(_grpcLedgers), Intake(_httpLedgers), _engine.Metrics, logs, _engine.Time);
    }

    public OtlpReceiverOptions Options { get; }

    public BufferPool Pool => _engine.Pool;

    public RecordingExporter Exporter => _engine.Exporter;

    public OtlpReceiver Receiver { get; }

    public Uri HttpUri => new($"{Scheme}://{Receiver.HttpEndpoints[0]}");

    public Uri GrpcUri => new($"{Scheme}://{Receiver.GrpcEndpoints[0]}");

    public IPEndPoint HttpEndpoint => (IPEndPoint)Receiver.HttpEndpoints[0];

    public IPEndPoint GrpcEndpoint => (IPEndPoint)Receiver.GrpcEndpoints[0];

    private string Scheme => Options.Tls.IsOn ? "https" : "http";

    public static OtlpReceiverOptions AnyPorts() => new() { GrpcEndpoint = "127.0.0.1:0", HttpEndpoint = "127.0.0.1:0" };

    public static async Task<ReceiverSetup> StartAsync(
        OtlpReceiverOptions? options = null,
        long budget = 64 * 1024 * 1024,
        long queueBytes = 32 * 1024 * 1024,
        ILoggerFactory? logs = null,
        IPayloadProcessor[]? processors = null,
        params OtlpSignal[] signals)
    {
        var setup = new ReceiverSetup(options ?? AnyPorts(), budget, queueBytes, logs, processors ?? [], signals);
        await setup.Receiver.StartAsync(TestContext.Current.CancellationToken);
        return setup;
    }

    public ReceiverLedger Grpc(OtlpSignal signal) => _grpcLedgers[(int)signal];

    public ReceiverLedger Http(OtlpSignal signal) => _httpLedgers[(int)signal];

    /// <inheritdoc cref="RecordingEngine.ArrivedAsync"/>
    public Task ArrivedAsync(int items) => _engine.ArrivedAsync(items);

    /// <inheritdoc cref="RecordingEngine.NothingHeldAsync"/>
    public Task NothingHeldAsync() => _engine.NothingHeldAsync();

    public Deadline In(TimeSpan time) => _engine.In(time);

    /// <summary>Stops as Rotel does, and proves that nothing leaked.</summary>
    public async ValueTask DisposeAsync()
    {
        await Receiver.StopAsync(In(TimeSpan.FromSeconds(10)), CancellationToken.None);
        await Receiver.DisposeAsync();
        await _engine.DrainAsync();
        await _engine.DisposeAsync();
    }

    private Intake Intake(ReceiverLedger[] ledgers) => _engine.Intake(
        new IntakeSettings(
            OtlpLimits.Untrusted with { MaxItemBytes = Options.MaxItemBytes ?? int.MaxValue },
            Options.AdmissionTimeout,
            Options.Acknowledgement,
            Options.AcknowledgementTimeout),
        ledgers);
}
