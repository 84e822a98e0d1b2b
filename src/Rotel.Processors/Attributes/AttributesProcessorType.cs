using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Processors.Filtering.Conditions;
using Rotel.Settings;

namespace Rotel.Processors.Attributes;

/// <summary>The processor <c>attributes</c>.</summary>
internal sealed class AttributesProcessorType : ProcessorType<AttributesOptions>
{
    public override string Name => "attributes";

    public override IReadOnlyList<Setting> Settings => field ??= AttributeActionSettings.Rows<AttributesOptions>(options => options.Actions);

    protected override void Validate(AttributesOptions options, SettingErrors errors) =>
        AttributeActionSettings.Validate(options.Actions, errors);

    protected override IPayloadProcessor? Create(AttributesOptions options, OtlpSignal signal, ProcessorSetup setup) =>
        options.Actions.Count == 0 ? null : new EditingProcessor(EditorOf(options, signal), setup);

    /// <summary>The editor of one signal.</summary>
    internal static AttributesEditor EditorOf(AttributesOptions options, OtlpSignal signal)
    {
        var plan = new ConditionPlan();
        var conditions = signal switch
        {
            OtlpSignal.Traces when options.WhenSpan is { } span => new ItemConditions(plan, span, null, null),
            OtlpSignal.Logs when options.WhenLog is { } log => new ItemConditions(plan, null, log, null),
            OtlpSignal.Metrics when options.WhenDataPoint is { } point => new ItemConditions(plan, null, null, point),
            _ => null,
        };
        return new AttributesEditor(new AttributeActions(options.Actions), plan, conditions);
    }
}
