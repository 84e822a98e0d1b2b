using System.Text;
using System.Text.RegularExpressions;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Renaming;

/// <summary>What new name an old one has. There are few names, so each is worked out once. Safe for concurrent use.</summary>
internal sealed class NameRules
{
    private readonly Dictionary<string, string> _names;
    private readonly (Regex Pattern, string Replacement)[] _patterns;
    private readonly VerdictCache<byte[]?> _renamed;

    public NameRules(IEnumerable<KeyValuePair<string, string>> names, IEnumerable<KeyValuePair<string, string>> patterns)
    {
        _names = new Dictionary<string, string>(names, StringComparer.Ordinal);
        _patterns = [.. patterns.Select(pattern => (UserPattern.Compile(pattern.Key), pattern.Value))];
        _renamed = new VerdictCache<byte[]?>((name, allowance, out isDecided) =>
            Decide(name, allowance, out isDecided) is { } renamed ? Encoding.UTF8.GetBytes(renamed) : null);
    }

    /// <summary>The new name, or null where the old one stays.</summary>
    public byte[]? Find(ReadOnlySpan<byte> name, EditScratch scratch) => name.IsEmpty ? null : _renamed.Get(name, scratch);

    private string? Decide(string name, MatchAllowance allowance, out bool isDecided)
    {
        isDecided = true;
        if (_names.TryGetValue(name, out var renamed))
            return Other(name, renamed);
        foreach (var (pattern, replacement) in _patterns)
        {
            if (UserPattern.Replace(pattern, name, replacement, allowance, out isDecided) is { } replaced)
                return Other(name, replaced);

            // What a later pattern says counts only where this one is known to find nothing.
            if (!isDecided)
                return null;
        }

        return null;
    }

    private static string? Other(string name, string renamed) => renamed.Length == 0 || renamed == name ? null : renamed;
}
