using System.Text.RegularExpressions;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Settings;

namespace Rotel.Processors.Renaming;

/// <summary>The processor <c>rename</c>.</summary>
internal sealed class RenameProcessorType : ProcessorType<RenameOptions>
{
    private const string SpanNames = "span_names";
    private const string SpanNamePatterns = "span_name_patterns";
    private const string MetricNames = "metric_names";
    private const string MetricNamePatterns = "metric_name_patterns";

    public override string Name => "rename";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        Names(SpanNames, "New names of spans, by the old ones.", options => options.SpanNames),
        Patterns(SpanNamePatterns, "Regular expressions for names of spans, with what replaces what they find.", options => options.SpanNamePatterns),
        Names(MetricNames, "New names of metrics, by the old ones.", options => options.MetricNames),
        Patterns(
            MetricNamePatterns, "Regular expressions for names of metrics, with what replaces what they find.",
            options => options.MetricNamePatterns),
    ];

    public override bool Takes(OtlpSignal signal) => signal is OtlpSignal.Traces or OtlpSignal.Metrics;

    protected override void Validate(RenameOptions options, SettingErrors errors)
    {
        ValidateNames(SpanNames, options.SpanNames, errors);
        ValidateNames(MetricNames, options.MetricNames, errors);
        ValidatePatterns(SpanNamePatterns, options.SpanNamePatterns, errors);
        ValidatePatterns(MetricNamePatterns, options.MetricNamePatterns, errors);
    }

    protected override IPayloadProcessor? Create(RenameOptions options, OtlpSignal signal, ProcessorSetup setup)
    {
        var (names, patterns) = signal == OtlpSignal.Traces
            ? (options.SpanNames, options.SpanNamePatterns)
            : (options.MetricNames, options.MetricNamePatterns);
        return names.Count + patterns.Count == 0 ? null : new EditingProcessor(new RenameEditor(new NameRules(names, patterns)), setup);
    }

    private static void ValidateNames(string setting, IDictionary<string, string> names, SettingErrors errors)
    {
        if (names.Any(name => name.Key.Length == 0 || string.IsNullOrEmpty(name.Value)))
            errors.Add(setting, "has an empty name; write old=new");
    }

    private static void ValidatePatterns(string setting, IList<KeyValuePair<string, string>> patterns, SettingErrors errors)
    {
        foreach (var (pattern, replacement) in patterns)
        {
            if (string.IsNullOrEmpty(pattern) || replacement is null)
            {
                errors.Add(setting, "has an empty pattern; write a regular expression and what replaces what it finds");
                continue;
            }

            try
            {
                UserPattern.Compile(pattern);
            }
            catch (RegexParseException exception)
            {
                errors.Add(setting, $"has a regular expression that cannot be read: {exception.Message}");
            }
        }
    }

    private static Setting<RenameOptions, IReadOnlyList<KeyValuePair<string, string>>> Names(
        string name, string summary, Func<RenameOptions, IDictionary<string, string>> of) =>
        new(name, SettingForms.Pairs, summary, options => of(options) is { Count: > 0 } names ? names.ToArray() : null, (options, pairs) =>
        {
            foreach (var (old, renamed) in pairs)
                of(options)[old] = renamed;
        })
        {
            WhenUnset = "none",
        };

    private static Setting<RenameOptions, IReadOnlyList<KeyValuePair<string, string>>> Patterns(
        string name, string summary, Func<RenameOptions, IList<KeyValuePair<string, string>>> of) =>
        new(name, SettingForms.Pairs, summary, options => of(options) is { Count: > 0 } patterns ? patterns.ToArray() : null, (options, pairs) =>
        {
            var patterns = of(options);
            foreach (var pair in pairs)
            {
                var same = patterns.Select(pattern => pattern.Key).ToList().IndexOf(pair.Key);
                if (same < 0)
                    patterns.Add(pair);
                else
                    patterns[same] = pair;
            }
        })
        {
            WhenUnset = "none",
        };
}
