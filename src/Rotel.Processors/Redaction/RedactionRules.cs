using System.Text.RegularExpressions;

namespace Rotel.Processors.Redaction;

/// <summary>The options as they were when the processor was made. Immutable.</summary>
internal sealed class RedactionRules
{
    private readonly HashSet<string> _allowedKeys;
    private readonly HashSet<string> _ignoredKeys;
    private readonly string[] _blockedKeys;
    private readonly string[] _blockedValues;
    private readonly string[] _allowedValues;

    public RedactionRules(RedactionOptions options)
    {
        AllowAllKeys = options.AllowAllKeys;
        Hash = options.HashFunction;
        Summary = options.Summary;
        MatchTimeout = options.MatchTimeout;
        _allowedKeys = new HashSet<string>(options.AllowedKeys, StringComparer.Ordinal);
        _ignoredKeys = new HashSet<string>(options.IgnoredKeys, StringComparer.Ordinal);
        _blockedKeys = [.. options.BlockedKeyPatterns];
        _blockedValues = [.. options.BlockedValues];
        _allowedValues = [.. options.AllowedValues];
    }

    public bool AllowAllKeys { get; }

    public RedactionHash Hash { get; }

    public RedactionSummary Summary { get; }

    public TimeSpan MatchTimeout { get; }

    /// <summary>Whether nothing would ever be changed.</summary>
    public bool IsEmpty => AllowAllKeys && !MasksKeys && !MasksValues && Summary == RedactionSummary.Silent;

    public bool MasksKeys => _blockedKeys.Length > 0;

    public bool MasksValues => _blockedValues.Length > 0;

    /// <summary>Whether it matters what a key is called.</summary>
    public bool LooksAtKeys => !AllowAllKeys || MasksKeys || _ignoredKeys.Count > 0;

    /// <summary>What the lists of keys say, without the patterns.</summary>
    public KeyVerdict Listed(ReadOnlySpan<char> key)
    {
        if (_ignoredKeys.GetAlternateLookup<ReadOnlySpan<char>>().Contains(key))
            return KeyVerdict.Ignored;
        var isAllowed = AllowAllKeys || _allowedKeys.GetAlternateLookup<ReadOnlySpan<char>>().Contains(key);
        return isAllowed ? KeyVerdict.Allowed : KeyVerdict.Deleted;
    }

    /// <summary>The patterns for one thread: a regular expression lends its working memory to one and makes others their own.</summary>
    public (Regex[] BlockedKeys, Regex[] BlockedValues, Regex[] AllowedValues) Compile()
    {
        return (Compile(_blockedKeys), Compile(_blockedValues), Compile(_allowedValues));

        Regex[] Compile(string[] patterns) => [.. patterns.Select(pattern => RedactionPattern.Compile(pattern, MatchTimeout))];
    }
}
