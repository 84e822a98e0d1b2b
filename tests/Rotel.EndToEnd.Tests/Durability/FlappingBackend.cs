using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// An OTLP backend that is well, busy, slow, breaks connections, or is gone and comes back on the same port, in turn by chance. It says of
/// nothing that it has it and then that it has not, but for what is under way in the moment in which it goes.
/// </summary>
internal sealed class FlappingBackend : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _moods;

    private FlappingBackend(OtlpBackend backend, int seed)
    {
        Backend = backend;
        _moods = Task.Run(() => ChangeAsync(new Random(seed)));
    }

    public OtlpBackend Backend { get; }

    /// <summary>How often it went away.</summary>
    public int Departures { get; private set; }

    public static async Task<FlappingBackend> StartAsync(int seed, CancellationToken cancellation)
    {
        var backend = await OtlpBackend.StartAsync(cancellation);
        backend.KeepsRequests = false;
        return new FlappingBackend(backend, seed);
    }

    /// <summary>Is well from now on.</summary>
    public async Task SettleAsync()
    {
        await _stop.CancelAsync();
        await _moods;
    }

    public async ValueTask DisposeAsync()
    {
        await SettleAsync();
        await Backend.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ChangeAsync(Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            switch (random.Next(6))
            {
                case 0:
                    Backend.Script.Otherwise(BackendBehaviour.Status(503));
                    await PauseAsync(random);
                    break;
                case 1:
                    Backend.Script.Otherwise(BackendBehaviour.Reset);
                    await PauseAsync(random);
                    break;
                case 2:
                    Backend.Script.Otherwise(_ => BackendBehaviour.Hold(Task.Delay(100)));
                    await PauseAsync(random);
                    break;
                case 3:
                    Departures++;
                    await Backend.StopAsync();
                    await PauseAsync(random);
                    await Backend.RestartAsync(CancellationToken.None);
                    break;
            }

            Backend.Script.Otherwise(BackendBehaviour.Accept);
            await PauseAsync(random);
        }
    }

    private Task PauseAsync(Random random) =>
        Task.Delay(random.Next(20, 500), _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
}
