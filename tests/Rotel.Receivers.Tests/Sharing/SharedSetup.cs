using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Otlp;
using Rotel.Threading;

namespace Rotel.Receivers.Sharing;

/// <summary>A holder's started endpoint before a real engine with one recording destination.</summary>
internal sealed class SharedSetup : IAsyncDisposable
{
    private readonly RecordingEngine _engine;

    private SharedSetup(
        long budget,
        long queueBytes,
        TimeSpan? retryFor,
        TimeSpan? admission,
        ILoggerFactory? logs,
        TimeProvider? time,
        OtlpSignal[] signals)
    {
        var retry = new RetryOptions { MaxElapsedTime = retryFor ?? TimeSpan.FromMinutes(5) };
        _engine = new RecordingEngine(budget, queueBytes, retry, TimeSpan.FromMinutes(5), 64, [], signals);
        Ledgers = _engine.Ledgers(SharedEndpoint.Name);
        Flush = async cancellation =>
        {
            await _engine.FlushAsync(cancellation);
            return true;
        };
        var wait = admission ?? TimeSpan.FromSeconds(2);
        Endpoint = new SharedEndpoint(
            Token,
            Intake(AcknowledgementMode.Accepted, wait),
            Intake(AcknowledgementMode.Delivered, wait),
            cancellation => Flush(cancellation),
            logs ?? NullLoggerFactory.Instance,
            time ?? _engine.Time);
    }

    public byte[] Token { get; } = RandomNumberGenerator.GetBytes(SharedHandshake.Length);

    public BufferPool Pool => _engine.Pool;

    public RecordingExporter Exporter => _engine.Exporter;

    public ReceiverLedger[] Ledgers { get; }

    public SharedEndpoint Endpoint { get; }

    /// <summary>What a request to flush does: at first, that of the queues.</summary>
    public Func<CancellationToken, Task<bool>> Flush { get; set; }

    /// <param name="budget">Of all bodies.</param>
    /// <param name="queueBytes">Of the queue of each signal, which blocks.</param>
    /// <param name="retryFor">How long the destination is tried.</param>
    /// <param name="admission">How long a sender waits for room.</param>
    /// <param name="logs">Where the endpoint logs.</param>
    /// <param name="time">The endpoint's own clock.</param>
    /// <param name="signals">Which have a destination; all where none is named.</param>
    public static async Task<SharedSetup> StartAsync(
        long budget = 64 * 1024 * 1024,
        long queueBytes = 32 * 1024 * 1024,
        TimeSpan? retryFor = null,
        TimeSpan? admission = null,
        ILoggerFactory? logs = null,
        TimeProvider? time = null,
        params OtlpSignal[] signals)
    {
        var setup = new SharedSetup(budget, queueBytes, retryFor, admission, logs, time, signals);
        await setup.Endpoint.StartAsync(TestContext.Current.CancellationToken);
        return setup;
    }

    /// <inheritdoc cref="RecordingEngine.ArrivedAsync"/>
    public Task ArrivedAsync(int items) => _engine.ArrivedAsync(items);

    /// <inheritdoc cref="RecordingEngine.AttemptedAsync"/>
    public Task AttemptedAsync(int attempts) => _engine.AttemptedAsync(attempts);

    public Deadline In(TimeSpan time) => _engine.In(time);

    /// <summary>Ends as a killed process does, as far as its connections can tell.</summary>
    public ValueTask KillAsync() => Endpoint.DisposeAsync();

    /// <summary>Stops as Rotel does, and proves that nothing leaked.</summary>
    public async ValueTask DisposeAsync()
    {
        Endpoint.EndLinks();
        await _engine.DrainAsync();
        await Endpoint.StopAsync(In(TimeSpan.FromSeconds(10)), CancellationToken.None);
        await Endpoint.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private Intake Intake(AcknowledgementMode acknowledgement, TimeSpan admission) => _engine.Intake(
        new IntakeSettings(OtlpLimits.InProcess, admission, acknowledgement, Timeout.InfiniteTimeSpan), Ledgers);
}
