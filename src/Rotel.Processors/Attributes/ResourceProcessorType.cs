using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Settings;

namespace Rotel.Processors.Attributes;

/// <summary>The processor <c>resource</c>.</summary>
internal sealed class ResourceProcessorType : ProcessorType<ResourceOptions>
{
    public override string Name => "resource";

    public override IReadOnlyList<Setting> Settings => field ??= AttributeActionSettings.Rows<ResourceOptions>(options => options.Actions);

    protected override void Validate(ResourceOptions options, SettingErrors errors) =>
        AttributeActionSettings.Validate(options.Actions, errors);

    protected override IPayloadProcessor? Create(ResourceOptions options, OtlpSignal signal, ProcessorSetup setup) =>
        options.Actions.Count == 0 ? null : new EditingProcessor(new ResourceEditor(new AttributeActions(options.Actions)), setup);
}
