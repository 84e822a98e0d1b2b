using System.Diagnostics;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Processors.Filtering.Conditions;
using Rotel.Settings;

namespace Rotel.Processors.Filtering;

/// <summary>The processor <c>filter</c>.</summary>
internal sealed class FilterProcessorType : ProcessorType<FilterOptions>
{
    private const string DropServices = "drop_services";
    private const string KeepServices = "keep_services";
    private const string DropResourceAttributes = "drop_resource_attributes";
    private const string DropScopes = "drop_scopes";
    private const string DropAttributes = "drop_attributes";
    private const string DropSpanNames = "drop_span_names";
    private const string KeepSpanNames = "keep_span_names";
    private const string DropSpanKinds = "drop_span_kinds";
    private const string DropSpansShorterThan = "drop_spans_shorter_than";
    private const string DropBelowSeverity = "drop_below_severity";
    private const string DropLogBodies = "drop_log_bodies";
    private const string DropMetricNames = "drop_metric_names";
    private const string KeepMetricNames = "keep_metric_names";

    private const string Nothing = "nothing is";
    private const string Everything = "all are";

    public override string Name => "filter";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        Names(
            DropServices,
            "The services (`service.name`) that everything is dropped of. In all these lists what begins with `^` is a regular expression.",
            options => options.DropServices, Nothing),
        Names(KeepServices, "The only services that something is kept of.", options => options.KeepServices, Everything),
        Pairs(
            DropResourceAttributes,
            "The attributes of resources that everything is dropped of; a value that begins with `^` is a regular expression.",
            options => options.DropResourceAttributes),
        Names(
            DropScopes, "The instrumentation scopes (activity sources, meters, logger categories) that everything is dropped of.",
            options => options.DropScopes, Nothing),
        Pairs(
            DropAttributes,
            "The attributes of spans, data points and log records that are dropped; a value that begins with `^` is a regular expression.",
            options => options.DropAttributes),
        Names(DropSpanNames, "The names of spans that are dropped.", options => options.DropSpanNames, Nothing),
        Names(KeepSpanNames, "The names of the only spans that are kept.", options => options.KeepSpanNames, Everything),
        new Setting<FilterOptions, IReadOnlyList<ActivityKind>>(
            DropSpanKinds, SettingForms.AnyOf<ActivityKind>(), "The kinds of spans that are dropped.",
            options => options.DropSpanKinds is { Count: > 0 } kinds ? kinds.ToArray() : null, (options, value) =>
            {
                options.DropSpanKinds.Clear();
                options.DropSpanKinds.UnionWith(value);
            })
        {
            WhenUnset = Nothing,
        },
        new Setting<FilterOptions, TimeSpan>(
            DropSpansShorterThan, SettingForms.Duration, "The duration below which spans are dropped.",
            options => options.DropSpansShorterThan, (options, value) => options.DropSpansShorterThan = value)
        {
            WhenUnset = Nothing,
        },
        new Setting<FilterOptions, LogSeverity>(
            DropBelowSeverity, SettingForms.OneOf<LogSeverity>(),
            "The severity below which log records are dropped; those that state none are kept.",
            options => options.DropBelowSeverity, (options, value) => options.DropBelowSeverity = value)
        {
            WhenUnset = Nothing,
        },
        Names(DropLogBodies, "The bodies of log records that are dropped.", options => options.DropLogBodies, Nothing),
        Names(DropMetricNames, "The names of metrics that are dropped.", options => options.DropMetricNames, Nothing),
        Names(KeepMetricNames, "The names of the only metrics that are kept.", options => options.KeepMetricNames, Everything),
    ];

    protected override void Validate(FilterOptions options, SettingErrors errors)
    {
        CheckPatterns(DropServices, options.DropServices, errors);
        CheckPatterns(KeepServices, options.KeepServices, errors);
        CheckPatterns(DropResourceAttributes, options.DropResourceAttributes.Values, errors);
        CheckPatterns(DropScopes, options.DropScopes, errors);
        CheckPatterns(DropAttributes, options.DropAttributes.Values, errors);
        CheckPatterns(DropSpanNames, options.DropSpanNames, errors);
        CheckPatterns(KeepSpanNames, options.KeepSpanNames, errors);
        CheckPatterns(DropLogBodies, options.DropLogBodies, errors);
        CheckPatterns(DropMetricNames, options.DropMetricNames, errors);
        CheckPatterns(KeepMetricNames, options.KeepMetricNames, errors);
        if (options.DropSpanKinds.FirstOrDefault(kind => !Enum.IsDefined(kind)) is var kind && !Enum.IsDefined(kind))
            errors.Add(DropSpanKinds, $"{(int)kind} is not a kind; expected {SettingForms.AnyOf<ActivityKind>().Description}");
        if (options.DropSpansShorterThan <= TimeSpan.Zero)
            errors.Add(DropSpansShorterThan, "must be longer than nothing; write a duration such as 5ms");
        if (options.DropBelowSeverity is { } severity && (!Enum.IsDefined(severity) || severity == LogSeverity.Unspecified))
            errors.Add(DropBelowSeverity, "must be a severity that records can state, such as info or warn");
    }

    protected override IPayloadProcessor? Create(FilterOptions options, OtlpSignal signal, ProcessorSetup setup)
    {
        var rules = new FilterRules(options);
        return rules.HasAny(signal) ? new EditingProcessor(new FilterEditor(signal, rules), setup) : null;
    }

    private static void CheckPatterns(string setting, IEnumerable<string> names, SettingErrors errors)
    {
        foreach (var name in names.Where(TextTest.IsPattern))
        {
            try
            {
                UserPattern.Compile(name);
            }
            catch (ArgumentException exception)
            {
                errors.Add(setting, $"'{name}' begins with '^' and is not a regular expression: {exception.Message.TrimEnd('.')}");
            }
        }
    }

    private static Setting<FilterOptions, IReadOnlyList<string>> Names(
        string name, string summary, Func<FilterOptions, IList<string>> of, string whenUnset) =>
        new(name, SettingForms.List, summary, options => of(options) is { Count: > 0 } all ? all.ToArray() : null, (options, value) =>
        {
            of(options).Clear();
            foreach (var item in value)
                of(options).Add(item);
        })
        {
            WhenUnset = whenUnset,
        };

    private static Setting<FilterOptions, IReadOnlyList<KeyValuePair<string, string>>> Pairs(
        string name, string summary, Func<FilterOptions, IDictionary<string, string>> of) =>
        new(name, SettingForms.Pairs, summary, options => of(options) is { Count: > 0 } all ? all.ToArray() : null, (options, value) =>
        {
            foreach (var pair in value)
                of(options)[pair.Key] = pair.Value;
        })
        {
            WhenUnset = Nothing,
        };
}
