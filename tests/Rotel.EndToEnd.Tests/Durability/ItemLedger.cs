using System.Collections.Concurrent;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>What was sent and what was acknowledged, by the key of the item; safe for concurrent use.</summary>
internal sealed class ItemLedger
{
    private readonly ConcurrentDictionary<(OtlpSignal Signal, string Key), bool> _items = new();
    private readonly ChangeSignal _changes = new();
    private int _acknowledged;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public int Sent => _items.Count;

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Notes what is about to be sent.</summary>
    public void Send(OtlpSignal signal, IEnumerable<string> keys)
    {
        foreach (var key in keys)
            Assert.True(_items.TryAdd((signal, key), false));
    }

    /// <summary>Notes what was answered with success.</summary>
    public void Acknowledge(OtlpSignal signal, IReadOnlyCollection<string> keys)
    {
        foreach (var key in keys)
            _items[(signal, key)] = true;
        Interlocked.Add(ref _acknowledged, keys.Count);
        _changes.Pulse();
    }

    /// <summary>Waits until so many are acknowledged.</summary>
    public Task AcknowledgedAsync(int count, Func<string> state) => Watchdog.UntilAsync(
        _changes, () => Acknowledged >= count, () => $"{count} items acknowledged; {Acknowledged} are. {state()}", Token);

    /// <summary>Waits until a backend has all that was acknowledged; while more of it comes, for as long as that takes.</summary>
    /// <param name="backend">Where it arrives.</param>
    /// <param name="state">What the process has said, for the message.</param>
    public async Task DeliveredAsync(OtlpBackend backend, Func<string> state)
    {
        foreach (var signal in (OtlpSignal[])[OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs])
        {
            while (true)
            {
                // Counted before the look, so that what comes in between is not waited for.
                var count = backend.ItemCount(signal);
                var missing = Missing(backend, signal);
                if (missing.Count == 0)
                    break;
                var wanted = count + Math.Min(missing.Count, 2000);
                await backend.WaitUntilAsync(
                    b => b.ItemCount(signal) >= wanted, $"{missing.Count} more {signal}, as {missing[0]}. {state()}", Token);
            }
        }
    }

    /// <summary>What was acknowledged and is not there.</summary>
    public IReadOnlyList<string> Missing(OtlpBackend backend, OtlpSignal signal)
    {
        var kept = backend.Items(signal);
        return
        [
            .. from item in _items
               where item.Value && item.Key.Signal == signal && !kept.ContainsKey(item.Key.Key)
               select item.Key.Key,
        ];
    }

    /// <summary>What is there and was never sent.</summary>
    public IReadOnlyList<string> Strange(OtlpBackend backend, OtlpSignal signal) =>
        [.. backend.Items(signal).Keys.Where(key => !_items.ContainsKey((signal, key)))];

    /// <summary>How many copies are there beside the first of each.</summary>
    public static int Duplicates(OtlpBackend backend, OtlpSignal signal) => backend.Items(signal).Values.Sum(count => count - 1);
}
