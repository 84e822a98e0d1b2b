using System.Diagnostics.CodeAnalysis;
using Rotel.Otlp;

namespace Rotel.Agent.Doctor;

/// <summary>What <c>rotel doctor</c> is asked for beside the settings of <c>rotel start</c>.</summary>
/// <param name="IsJson">Whether the report is JSON.</param>
/// <param name="SendsItems">Whether test items are sent.</param>
/// <param name="Signals">The signals of which one is sent.</param>
internal sealed record DoctorOptions(bool IsJson, bool SendsItems, IReadOnlyCollection<OtlpSignal> Signals)
{
    private const string Json = "--json";
    private const string NoTestItem = "--no-test-item";
    private const string Signal = "--signal";

    /// <summary>Takes its own flags out of <paramref name="flags"/>; what is left are settings.</summary>
    public static bool TryRead(
        IReadOnlyList<string> flags,
        [NotNullWhen(true)] out DoctorOptions? options,
        out IReadOnlyList<string> settings,
        [NotNullWhen(false)] out string? problem)
    {
        var rest = new List<string>();
        var signals = new HashSet<OtlpSignal>();
        (settings, options, problem) = (rest, null, null);
        for (var i = 0; i < flags.Count; i++)
        {
            if (flags[i] is Json or NoTestItem)
                continue;
            if (flags[i] != Signal && !flags[i].StartsWith($"{Signal}=", StringComparison.Ordinal))
            {
                rest.Add(flags[i]);
                continue;
            }

            var names = flags[i] == Signal ? flags.ElementAtOrDefault(++i) : flags[i][(Signal.Length + 1)..];
            foreach (var name in (names ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (Find(name) is not { } signal)
                {
                    problem = $"{Signal}: expected one or more of traces, metrics, logs.";
                    return false;
                }

                signals.Add(signal);
            }
        }

        options = new DoctorOptions(
            flags.Contains(Json), !flags.Contains(NoTestItem), signals.Count > 0 ? signals : OtlpSignals.All.ToArray());
        return true;
    }

    private static OtlpSignal? Find(string name)
    {
        foreach (var signal in OtlpSignals.Mergeable)
        {
            if (name.Equals(signal.Name(), StringComparison.OrdinalIgnoreCase))
                return signal;
        }

        return null;
    }
}
