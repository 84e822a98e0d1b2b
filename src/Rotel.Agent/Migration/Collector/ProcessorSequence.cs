using Rotel.Otlp;

namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// Brings the processors of all signals into one order, for that is how Rotel has them: each with the signals it works on. Where two
/// signals pass the same ones in different orders, some of them are there twice.
/// </summary>
internal static class ProcessorSequence
{
    public static IReadOnlyList<(string Id, IReadOnlyList<OtlpSignal> Signals)> Of(
        IEnumerable<(OtlpSignal Signal, IReadOnlyList<string> Ids)> chains)
    {
        var sequence = new List<(string Id, List<OtlpSignal> Signals)>();
        foreach (var (signal, ids) in chains)
        {
            var last = -1;
            foreach (var id in ids)
            {
                var found = sequence.FindIndex(last + 1, entry => entry.Id == id);
                if (found < 0)
                    sequence.Insert(found = last + 1, (id, []));
                sequence[found].Signals.Add(signal);
                last = found;
            }
        }

        return [.. sequence.Select(entry => (entry.Id, (IReadOnlyList<OtlpSignal>)entry.Signals))];
    }
}
