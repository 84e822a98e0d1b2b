using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Settings;

namespace Rotel.Processors.Redaction;

/// <summary>The processor <c>redaction</c>.</summary>
internal sealed class RedactionProcessorType : ProcessorType<RedactionOptions>
{
    private const string AllowAllKeys = "allow_all_keys";
    private const string AllowedKeys = "allowed_keys";
    private const string BlockedKeyPatterns = "blocked_key_patterns";
    private const string BlockedValues = "blocked_values";
    private const string AllowedValues = "allowed_values";
    private const string HashFunction = "hash_function";
    private const string MatchTimeout = "match_timeout";

    private static readonly TimeSpan MinMatchTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxMatchTimeout = TimeSpan.FromMinutes(1);

    public override string Name => "redaction";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new Setting<RedactionOptions, bool>(
            AllowAllKeys, SettingForms.Boolean, "Keep attributes of all keys, not only the allowed and ignored ones.",
            options => options.AllowAllKeys, (options, value) => options.AllowAllKeys = value),
        Keys(AllowedKeys, "Keys that are kept where not all are; other attributes, and other keys of log bodies, are deleted.",
            options => options.AllowedKeys),
        Keys("ignored_keys", "Keys that are kept with their values, whatever the other settings say.", options => options.IgnoredKeys),
        Patterns(BlockedKeyPatterns, "Regular expressions of keys whose values are masked.", options => options.BlockedKeyPatterns),
        Patterns(BlockedValues, "Regular expressions of values that are masked; one with a comma goes into a configuration section.",
            options => options.BlockedValues),
        Patterns(AllowedValues, "Regular expressions of values that stay although they are blocked.", options => options.AllowedValues),
        new Setting<RedactionOptions, RedactionHash>(
            HashFunction, SettingForms.OneOf<RedactionHash>(), "Put a hash in place of masked strings, not `[REDACTED]`.",
            options => options.HashFunction, (options, value) => options.HashFunction = value),
        new Setting<RedactionOptions, RedactionSummary>(
            "summary", SettingForms.OneOf<RedactionSummary>(), "Attributes that say what was redacted beside them: numbers, or names too.",
            options => options.Summary, (options, value) => options.Summary = value),
        new Setting<RedactionOptions, TimeSpan>(
            MatchTimeout, SettingForms.Duration,
            "How long patterns may work on one value, and on a request beyond 1 us per byte; what is then undecided is masked.",
            options => options.MatchTimeout, (options, value) => options.MatchTimeout = value),
    ];

    protected override void Validate(RedactionOptions options, SettingErrors errors)
    {
        // Everything would be deleted; whether that or nothing was meant, nobody can tell.
        if (!options.AllowAllKeys && options.AllowedKeys.Count == 0 && options.IgnoredKeys.Count == 0)
            errors.Add(AllowedKeys, $"names no key, so that every attribute would be deleted; list keys, or set {AllowAllKeys} to true");
        AddProblems(BlockedKeyPatterns, options.BlockedKeyPatterns, errors);
        AddProblems(BlockedValues, options.BlockedValues, errors);
        AddProblems(AllowedValues, options.AllowedValues, errors);
        if (options.HashFunction == RedactionHash.Sha3 && !SHA3_256.IsSupported)
            errors.Add(HashFunction, "sha3 is not available on this operating system; use sha256");
        if (options.MatchTimeout < MinMatchTimeout || options.MatchTimeout > MaxMatchTimeout)
            errors.Add(MatchTimeout, "must be between 10ms and 1m");
    }

    protected override IPayloadProcessor? Create(RedactionOptions options, OtlpSignal signal, ProcessorSetup setup)
    {
        var rules = new RedactionRules(options);
        return rules.IsEmpty ? null : new EditingProcessor(new RedactionEditor(rules, setup), setup);
    }

    private static Setting<RedactionOptions, IReadOnlyList<string>> Keys(
        string name, string summary, Func<RedactionOptions, ISet<string>> keys) =>
        new(name, SettingForms.List, summary, options => keys(options).Count == 0 ? null : keys(options).ToArray(), (options, value) =>
        {
            keys(options).Clear();
            keys(options).UnionWith(value);
        });

    private static Setting<RedactionOptions, IReadOnlyList<string>> Patterns(
        string name, string summary, Func<RedactionOptions, IList<string>> patterns) =>
        new(name, SettingForms.List, summary, o => patterns(o).Count == 0 ? null : patterns(o).ToArray(), (options, value) =>
        {
            patterns(options).Clear();
            foreach (var pattern in value)
                patterns(options).Add(pattern);
        });

    private static void AddProblems(string setting, IList<string> patterns, SettingErrors errors)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            try
            {
                // That matches the empty text it matches all texts: a slip, such as \d* for \d+, that would mask, or allow, everything.
                if (RedactionPattern.Compile(patterns[i], MinMatchTimeout).IsMatch(string.Empty))
                    errors.Add(setting, $"pattern {i + 1} matches even an empty text, hence every one; make it match what it looks for");
            }
            catch (RegexParseException problem)
            {
                errors.Add(setting, $"pattern {i + 1} is not a regular expression: {problem.Error} at character {problem.Offset + 1}");
            }
            catch (RegexMatchTimeoutException)
            {
                errors.Add(setting, $"pattern {i + 1} takes too long even on an empty text; write it in a simpler way");
            }
        }
    }
}
