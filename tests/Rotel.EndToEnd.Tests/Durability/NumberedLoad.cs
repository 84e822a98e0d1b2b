using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd;

/// <summary>
/// Senders of all signals over both protocols, each with a connection of its own and one request at a time, to a process that comes and
/// goes; no item is sent twice, whatever became of it.
/// </summary>
internal sealed class NumberedLoad : IAsyncDisposable
{
    /// <summary>What leaves the machine some time for the process that is tested, and for the backend.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);

    private static readonly OtlpSignal[] Signals = [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    private readonly ChangeSignal _changes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _senders;
    private readonly int _mostItems;
    private volatile RotelProcess? _target;

    /// <param name="seed">Of what is sent.</param>
    /// <param name="ledger">Told of everything.</param>
    /// <param name="mostItems">In one request.</param>
    public NumberedLoad(int seed, ItemLedger ledger, int mostItems)
    {
        Ledger = ledger;
        _mostItems = mostItems;
        _senders = Task.WhenAll(Enumerable.Range(0, 2 * Signals.Length).Select(
            sender => Task.Run(() => SendAsync(Signals[sender % Signals.Length], sender >= Signals.Length, (seed + sender) % 1_000_000))));
    }

    public ItemLedger Ledger { get; }

    /// <summary>Where it is sent to; null while that is away.</summary>
    public RotelProcess? Target
    {
        get => _target;
        set
        {
            _target = value;
            _changes.Pulse();
        }
    }

    /// <summary>Sends nothing more, and waits for the last answers.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Watchdog.WaitAsync(_senders, "the last answers", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _senders.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task SendAsync(OtlpSignal signal, bool isGrpc, int seed)
    {
        var load = new StandardLoad(seed);
        var random = new Random(seed);
        while (await NextTargetAsync() is { } target)
        {
            using var client = new SignalClient(target.Http, target.Grpc);
            while (target == _target && !_stop.IsCancellationRequested)
            {
                var request = load.Next(signal, random.Next(1, _mostItems + 1));
                string[] keys = [.. OtlpItems.Keys(request)];
                Ledger.Send(signal, keys);
                if (await client.TrySendAsync(request, isGrpc))
                    Ledger.Acknowledge(signal, keys);
                await Task.Delay(Pause);
            }
        }
    }

    private async Task<RotelProcess?> NextTargetAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var next = _changes.Next;
            if (_target is { } target)
                return target;
            await next.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
