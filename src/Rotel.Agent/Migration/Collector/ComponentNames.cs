using Rotel.Configuration;

namespace Rotel.Agent.Migration.Collector;

/// <summary>The names that components are given: what stands behind the slash, or the type where nothing does.</summary>
internal sealed class ComponentNames(string what)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The name of a component; always the same for the same id.</summary>
    public string Of(string id)
    {
        if (_names.TryGetValue(id, out var known))
            return known;
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        return _names[id] = Take(slash < 0 ? id : id[(slash + 1)..], id);
    }

    /// <summary>A name nobody has.</summary>
    public string Take(string wanted, string otherwise)
    {
        foreach (var candidate in (string[])[Clean(wanted), Clean(otherwise)])
        {
            if (IsFree(candidate))
                return Claim(candidate);
        }

        for (var number = 2; ; number++)
        {
            if (IsFree($"{Clean(otherwise)}-{number}"))
                return Claim($"{Clean(otherwise)}-{number}");
        }
    }

    /// <summary>Free, and not the beginning of another's variables.</summary>
    private bool IsFree(string name) =>
        ExporterName.Problem(name, what) is null
            && !_taken.Any(other => other == name || IsWithSignal(other, name) || IsWithSignal(name, other));

    /// <summary>Whether the one is the other with a signal behind it.</summary>
    private static bool IsWithSignal(string longer, string name) =>
        longer.StartsWith($"{name}-", StringComparison.Ordinal) && IsSignal(longer[(name.Length + 1)..]);

    private static bool IsSignal(string word) => word is "traces" or "metrics" or "logs" or "profiles";

    private string Claim(string name)
    {
        _taken.Add(name);
        return name;
    }

    private static string Clean(string name)
    {
        var clean = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return clean.Length == 0 ? "unnamed" : clean;
    }
}
