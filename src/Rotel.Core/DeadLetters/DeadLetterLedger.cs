using System.Collections.Concurrent;
using Rotel.Otlp;

namespace Rotel.DeadLetters;

/// <summary>
/// How many items were kept as dead letters and how many were not, by exporter and signal. Thread-safe; read by the instruments.
/// </summary>
internal sealed class DeadLetterLedger
{
    private readonly ConcurrentDictionary<(string Exporter, OtlpSignal Signal), Counts> _counts = new();

    public void CountKept(string exporter, OtlpSignal signal, long items) => Interlocked.Add(ref Of(exporter, signal).Kept, items);

    public void CountLost(string exporter, OtlpSignal signal, DeadLetterLoss loss, long items) =>
        Interlocked.Add(ref Of(exporter, signal).Lost[(int)loss], items);

    /// <summary>Items written, those included that were deleted later.</summary>
    public IEnumerable<(string Exporter, OtlpSignal Signal, long Items)> Kept =>
        _counts.Where(counts => counts.Value.Kept > 0)
            .Select(counts => (counts.Key.Exporter, counts.Key.Signal, Volatile.Read(ref counts.Value.Kept)));

    /// <summary>Items that are not kept, or not any more.</summary>
    public IEnumerable<(string Exporter, OtlpSignal Signal, DeadLetterLoss Loss, long Items)> Lost
    {
        get
        {
            foreach (var ((exporter, signal), counts) in _counts)
            {
                for (var loss = (DeadLetterLoss)0; (int)loss < DeadLetterLosses.Count; loss++)
                {
                    if (Volatile.Read(ref counts.Lost[(int)loss]) is var items and > 0)
                        yield return (exporter, signal, loss, items);
                }
            }
        }
    }

    private Counts Of(string exporter, OtlpSignal signal) => _counts.GetOrAdd((exporter, signal), static _ => new Counts());

    private sealed class Counts
    {
        public readonly long[] Lost = new long[DeadLetterLosses.Count];
        public long Kept;
    }
}
