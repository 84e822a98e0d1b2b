using System.Collections.Concurrent;

namespace Rotel.Processors.Editing;

/// <summary>
/// Remembers what became of short texts of which there are few, such as keys and names: a look-up of what was decided before costs no
/// memory. Safe for concurrent use.
/// </summary>
/// <typeparam name="TVerdict">What is decided of a text.</typeparam>
/// <param name="decide">Decides; for the same text always the same.</param>
internal sealed class VerdictCache<TVerdict>(VerdictCache<TVerdict>.Decision decide)
{
    /// <summary>What is decided of a text, and whether it could be in the time that is allowed: if not, it is not remembered.</summary>
    internal delegate TVerdict Decision(string text, MatchAllowance allowance, out bool isDecided);

    /// <summary>Texts that are remembered. Senders who make up more names than this make us decide again, not grow.</summary>
    private const int MaxTexts = 2048;

    /// <summary>The longest text that is remembered, in UTF-16 units.</summary>
    private const int MaxLength = 256;

    private readonly ConcurrentDictionary<string, TVerdict> _verdicts = new(StringComparer.Ordinal);
    private int _count;

    public TVerdict Get(ReadOnlySpan<byte> utf8, EditScratch scratch)
    {
        var text = scratch.Decode(utf8);
        if (_verdicts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known))
            return known;

        var added = text.ToString();
        var verdict = decide(added, scratch.Allowance, out var isDecided);
        if (isDecided && text.Length <= MaxLength && Volatile.Read(ref _count) < MaxTexts && _verdicts.TryAdd(added, verdict))
            Interlocked.Increment(ref _count);
        return verdict;
    }
}
