using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Processors.Filtering;
using Rotel.Settings;

namespace Rotel.Processors.Sampling;

/// <summary>The processor <c>probabilistic_sampler</c>.</summary>
internal sealed class ProbabilisticSamplerType : ProcessorType<ProbabilisticSamplerOptions>
{
    private const string Percentage = "percentage";
    private const string SeverityPercentages = "severity_percentages";
    private const string Mode = "mode";
    private const string Precision = "precision";
    private const string HashRecords = "hash_records";
    private const string FailClosed = "fail_closed";

    private const int NumbersPerName = 4;

    public override string Name => "probabilistic_sampler";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new Setting<ProbabilisticSamplerOptions, double>(
            Percentage, SettingForms.Number(0, 100),
            "The percentage of spans and log records that are kept; the same traces in every process.",
            options => options.Percentage, (options, value) => options.Percentage = value),
        new Setting<ProbabilisticSamplerOptions, IReadOnlyList<KeyValuePair<LogSeverity, double>>>(
            SeverityPercentages, SeverityPercentagesForm.Instance,
            $"The percentages of log records of these severities, in place of `{Percentage}`.",
            options => options.SeverityPercentages is { Count: > 0 } all ? all.ToArray() : null, (options, value) =>
            {
                foreach (var (severity, percentage) in value)
                    options.SeverityPercentages[severity] = percentage;
            })
        {
            WhenUnset = $"`{Percentage}`",
        },
        new Setting<ProbabilisticSamplerOptions, SamplingMode>(
            Mode, SettingForms.OneOf<SamplingMode>(),
            "Whether percentages are shares of what arrives, however it was sampled before, or of what there was before any sampling.",
            options => options.Mode, (options, value) => options.Mode = value),
        new Setting<ProbabilisticSamplerOptions, int>(
            Precision, SettingForms.Integer(1, SamplingThreshold.MaxDigits), "The hexadecimal digits that count in a threshold.",
            options => options.Precision, (options, value) => options.Precision = value),
        new Setting<ProbabilisticSamplerOptions, bool>(
            HashRecords, SettingForms.Boolean, "Whether log records without a trace id are sampled each by itself, by a hash.",
            options => options.HashRecords, (options, value) => options.HashRecords = value),
        new Setting<ProbabilisticSamplerOptions, bool>(
            FailClosed, SettingForms.Boolean, "Whether items are dropped that have nothing to sample them by, and do not pass.",
            options => options.FailClosed, (options, value) => options.FailClosed = value),
    ];

    public override bool Takes(OtlpSignal signal) => signal is OtlpSignal.Traces or OtlpSignal.Logs;

    protected override void Validate(ProbabilisticSamplerOptions options, SettingErrors errors)
    {
        if (!IsPercentage(options.Percentage))
            errors.Add(Percentage, "must be from 0 to 100; write 10 to keep a tenth");
        foreach (var (severity, percentage) in options.SeverityPercentages)
        {
            if (!Enum.IsDefined(severity))
                errors.Add(SeverityPercentages, $"has no severity {(int)severity}; give a member of {nameof(LogSeverity)}");
            else if (!IsPercentage(percentage))
                errors.Add(SeverityPercentages, $"must be from 0 to 100, also for {severity}");
        }

        if (!Enum.IsDefined(options.Mode))
            errors.Add(Mode, $"must be a member of {nameof(SamplingMode)}");
        if (options.Precision is < 1 or > SamplingThreshold.MaxDigits)
            errors.Add(Precision, $"must be from 1 to {SamplingThreshold.MaxDigits}");
    }

    protected override IPayloadProcessor? Create(ProbabilisticSamplerOptions options, OtlpSignal signal, ProcessorSetup setup)
    {
        var stage = Stage(options, options.Percentage);
        if (signal == OtlpSignal.Traces)
            return stage.KeepsAll ? null : new EditingProcessor(new SpanSampler(stage, options.FailClosed), setup);
        if (signal != OtlpSignal.Logs)
            return null;

        // Those that come later are of one number each.
        var stages = new SamplingStage[(int)LogSeverity.Fatal4 + 1];
        Array.Fill(stages, stage);
        foreach (var (severity, percentage) in options.SeverityPercentages.OrderBy(pair => IsName(pair.Key) ? 0 : 1))
            Array.Fill(stages, Stage(options, percentage), (int)severity, IsName(severity) ? NumbersPerName : 1);
        return Array.TrueForAll(stages, each => each.KeepsAll)
            ? null
            : new EditingProcessor(new LogSampler(stages, options.HashRecords, options.FailClosed), setup);
    }

    private static SamplingStage Stage(ProbabilisticSamplerOptions options, double percentage) =>
        new(percentage, options.Mode, options.Precision);

    /// <summary>Whether it stands for its name with all four numbers.</summary>
    private static bool IsName(LogSeverity severity) => (int)severity % NumbersPerName == 1;

    private static bool IsPercentage(double value) => value is >= 0 and <= 100;
}
