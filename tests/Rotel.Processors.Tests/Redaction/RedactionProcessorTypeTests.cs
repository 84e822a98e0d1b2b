using Rotel.Otlp;
using Rotel.Settings;

namespace Rotel.Processors.Redaction;

public sealed class RedactionProcessorTypeTests
{
    private static readonly RedactionProcessorType Type = new();

    [Fact]
    public void Settings_OfEachKind_AreReadIntoTheOptions()
    {
        var options = new RedactionOptions();
        Assert.Null(Apply(options, "allow_all_keys", "true"));
        Assert.Null(Apply(options, "allowed_keys", "a, b"));
        Assert.Null(Apply(options, "ignored_keys", "c"));
        Assert.Null(Apply(options, "blocked_key_patterns", "pass, token"));
        Assert.Null(Apply(options, "blocked_values", @"\d+"));
        Assert.Null(Type.Settings.Single(s => s.Name == "allowed_values").ApplyItems(options, [new("0", "a{1,3}"), new("1", "b")]));
        Assert.Null(Apply(options, "hash_function", "sha256"));
        Assert.Null(Apply(options, "summary", "info"));
        Assert.Null(Apply(options, "match_timeout", "250ms"));

        Assert.True(options.AllowAllKeys);
        Assert.Equal(["a", "b"], options.AllowedKeys);
        Assert.Equal(["c"], options.IgnoredKeys);
        Assert.Equal(["pass", "token"], options.BlockedKeyPatterns);
        Assert.Equal([@"\d+"], options.BlockedValues);
        Assert.Equal(["a{1,3}", "b"], options.AllowedValues);
        Assert.Equal(RedactionHash.Sha256, options.HashFunction);
        Assert.Equal(RedactionSummary.Info, options.Summary);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.MatchTimeout);
        Assert.Empty(Errors(options));
        Assert.NotNull(Apply(options, "hash_function", "crc32"));
    }

    [Fact]
    public void Options_WithMistakes_GiveAnErrorForEach()
    {
        var options = new RedactionOptions
        {
            BlockedKeyPatterns = { "pass", "(" },
            BlockedValues = { @"\d*" },
            AllowedValues = { "[a" },
            MatchTimeout = TimeSpan.Zero,
        };

        Assert.Equal(
            ["allowed_keys", "blocked_key_patterns", "blocked_values", "allowed_values", "match_timeout"],
            Errors(options).Select(error => error.Setting));
        Assert.Contains("pattern 2", Errors(options)[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_ThatAllStayWithNoPattern_NeedNoStep()
    {
        Assert.False(new RedactionBench(OtlpSignal.Logs, new RedactionOptions { AllowAllKeys = true, IgnoredKeys = { "a" } }).IsNeeded);
        Assert.True(new RedactionBench(OtlpSignal.Logs, new RedactionOptions { AllowedKeys = { "a" } }).IsNeeded);
        Assert.False(Type.Takes(OtlpSignal.Profiles));
    }

    [Theory]
    [InlineData(@"\d{13,16}", true)]
    [InlineData(@"(?i)\bpassword\b", true)]
    [InlineData(@"(?<!\d)\d{16}", false)]
    [InlineData(@"(\w)\1", false)]
    [InlineData(@"((a{1,100}){1,100}){1,100}", false)]
    public void Pattern_OfEitherEngine_Compiles(string pattern, bool isNonBacktracking)
    {
        var regex = RedactionPattern.Compile(pattern, TimeSpan.FromSeconds(1));

        Assert.Equal(isNonBacktracking, regex.Options.HasFlag(System.Text.RegularExpressions.RegexOptions.NonBacktracking));
        Assert.Equal(TimeSpan.FromSeconds(1), regex.MatchTimeout);
    }

    [Fact]
    public void Patterns_ThatAreCombined_MatchWhatAnyOfThemMatches()
    {
        string[] patterns = ["(?i)abc", "x y#", "(?x) a # a comment", "(?<n>q)|(?<n>r)", @"(?<=u)v", "^s", "t$"];
        var separate = patterns.Select(pattern => RedactionPattern.Compile(pattern, TimeSpan.FromSeconds(1))).ToArray();

        var combined = RedactionPattern.Combine(separate);

        Assert.Equal(4, combined.Length);
        string[] texts = ["ABC", "x y#", "xy", "a", "q", "r", "uv", "v", "s", "ts", "zt", "tz", "", "Q", "S"];
        Assert.All(texts, text => Assert.Equal(separate.Any(p => p.IsMatch(text)), combined.Any(p => p.IsMatch(text))));
    }

    private static string? Apply(RedactionOptions options, string setting, string text) =>
        Type.Settings.Single(s => s.Name == setting).Apply(options, text);

    private static List<(string Setting, string Problem)> Errors(RedactionOptions options)
    {
        var errors = new ErrorList();
        Type.Validate(options, errors);
        return errors.Found;
    }

    private sealed class ErrorList : SettingErrors
    {
        public List<(string Setting, string Problem)> Found { get; } = [];

        public override void Add(string setting, string problem) => Found.Add((setting, problem));
    }
}
