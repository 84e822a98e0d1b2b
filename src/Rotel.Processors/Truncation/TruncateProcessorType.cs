using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;
using Rotel.Settings;

namespace Rotel.Processors.Truncation;

/// <summary>The processor <c>truncate</c>.</summary>
internal sealed class TruncateProcessorType : ProcessorType<TruncateOptions>
{
    private const string MaxValueBytes = "max_value_bytes";

    public override string Name => "truncate";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new Setting<TruncateOptions, long>(
            MaxValueBytes, SettingForms.ByteSize, "How many bytes of UTF-8 the texts in attributes and log bodies may have; longer ones are cut.",
            options => options.MaxValueBytes, (options, value) => options.MaxValueBytes = value),
    ];

    protected override void Validate(TruncateOptions options, SettingErrors errors)
    {
        if (options.MaxValueBytes is < 1 or > int.MaxValue)
            errors.Add(MaxValueBytes, $"must be from 1 to {int.MaxValue} bytes");
    }

    protected override IPayloadProcessor? Create(TruncateOptions options, OtlpSignal signal, ProcessorSetup setup) =>
        new EditingProcessor(new TruncateEditor((int)options.MaxValueBytes), setup);
}
