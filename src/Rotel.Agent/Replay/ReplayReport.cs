using Rotel.Otlp;

namespace Rotel.Agent.Replay;

/// <summary>What became of the lines: how many items arrived, and how many did not, by what was said. Thread-safe.</summary>
internal sealed class ReplayReport
{
    /// <summary>Destinations may say something else of every line; of the rest, only the number is told.</summary>
    private const int MaxProblems = 50;

    private const int MaxProblemLength = 500;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Where, long Lines, long Items)> _problems = new(StringComparer.Ordinal);
    private long _delivered;
    private long _kept;

    /// <summary>Whether nothing is left.</summary>
    public bool IsGood { get; private set; } = true;

    public void Delivered(long items)
    {
        lock (_lock)
            _delivered += items;
    }

    /// <summary>Something stays where it is.</summary>
    /// <param name="where">File and line.</param>
    /// <param name="items">How many items it says it has; 0 where it cannot be read.</param>
    /// <param name="problem">Why.</param>
    public void Kept(string where, long items, string problem)
    {
        problem = BoundedText.OneLine(problem, MaxProblemLength);
        lock (_lock)
        {
            IsGood = false;
            _kept += items;
            if (!_problems.ContainsKey(problem) && _problems.Count >= MaxProblems)
                problem = "other problems";
            var known = _problems.GetValueOrDefault(problem, (where, 0, 0));
            _problems[problem] = (known.Where, known.Lines + 1, known.Items + items);
        }
    }

    public async Task WriteAsync(TextWriter output, TextWriter error)
    {
        foreach (var (problem, (where, lines, items)) in _problems)
        {
            var more = lines > 1 ? $" and {lines - 1} more" : "";
            await error.WriteLineAsync($"{where}{more}: {problem} ({items} items kept)").ConfigureAwait(false);
        }

        await output.WriteLineAsync($"{_delivered} items delivered, {_kept} kept").ConfigureAwait(false);
    }
}
