using Rotel.TestKit;

namespace Rotel.EndToEnd.Hostile;

/// <summary>
/// An ordinary sender on either protocol, beside whom somebody misbehaves. Each of its requests must succeed within the watchdog's time,
/// repeated only where the answer asks for that, as every OTLP exporter does.
/// </summary>
internal sealed class GoodTraffic : IAsyncDisposable
{
    private readonly OtlpClient _client;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly ChangeSignal _changes = new();
    private readonly Task _sending;
    private int _answered;

    private GoodTraffic(RotelProcess rotel)
    {
        _client = new OtlpClient(rotel.Http, rotel.Grpc);
        _sending = Task.WhenAll(SendAsync(grpc: false), SendAsync(grpc: true));
    }

    public IReadOnlyCollection<string> Acknowledged => _client.Acknowledged;

    /// <summary>Starts to send, and returns once everything is warm.</summary>
    public static async Task<GoodTraffic> StartAsync(RotelProcess rotel)
    {
        var traffic = new GoodTraffic(rotel);
        await traffic.FlowsAsync(requests: 100);
        return traffic;
    }

    /// <summary>Waits until so many more requests have succeeded.</summary>
    public async Task FlowsAsync(int requests)
    {
        var target = Volatile.Read(ref _answered) + requests;
        await Watchdog.UntilAsync(
            _changes,
            () => Volatile.Read(ref _answered) >= target || _sending.IsFaulted,
            () => $"good requests answered with success; {target - Volatile.Read(ref _answered)} of {requests} are missing",
            TestContext.Current.CancellationToken);
        if (_sending.IsFaulted)
            await _sending;
    }

    /// <summary>Lets the requests in flight end.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Watchdog.WaitAsync(_sending, "the last good requests", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(bool grpc)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var answer = await _client.SendAsync(grpc, CancellationToken.None);
                if (answer.IsSuccess)
                    Interlocked.Increment(ref _answered);
                else
                    Assert.True(answer.RetryAfter is not null, $"a good request was refused for good, with code {answer.Code}");
                _changes.Pulse();
            }
        }
        finally
        {
            _changes.Pulse();
        }
    }
}
