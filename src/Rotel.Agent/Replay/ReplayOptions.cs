using System.Diagnostics.CodeAnalysis;

namespace Rotel.Agent.Replay;

/// <summary>What <c>rotel replay</c> is asked for beside the settings of <c>rotel start</c>.</summary>
/// <param name="Directory">Where the dead letters are.</param>
/// <param name="Exporter">The exporter that all of them go to; null for the one that each line names.</param>
internal sealed record ReplayOptions(string Directory, string? Exporter)
{
    private const string To = "--to";

    /// <summary>Takes its own arguments out of <paramref name="arguments"/>; what is left are settings.</summary>
    public static bool TryRead(
        IReadOnlyList<string> arguments,
        [NotNullWhen(true)] out ReplayOptions? options,
        out IReadOnlyList<string> settings,
        [NotNullWhen(false)] out string? problem)
    {
        var rest = new List<string>();
        (options, settings, problem) = (null, rest, null);
        if (arguments is [] || arguments[0].StartsWith('-'))
        {
            problem = "rotel replay: expected the directory with dead letters; see rotel replay --help.";
            return false;
        }

        string? exporter = null;
        for (var i = 1; i < arguments.Count; i++)
        {
            if (arguments[i] != To && !arguments[i].StartsWith($"{To}=", StringComparison.Ordinal))
            {
                rest.Add(arguments[i]);
                continue;
            }

            exporter = arguments[i] == To ? arguments.ElementAtOrDefault(++i) : arguments[i][(To.Length + 1)..];
            if (string.IsNullOrEmpty(exporter))
            {
                problem = $"{To}: expected the name of an exporter.";
                return false;
            }
        }

        options = new ReplayOptions(arguments[0], exporter);
        return true;
    }
}
