using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Detection;

/// <summary>
/// Sets what was detected on every resource that passes. Detection starts when Rotel is put together and listeners open when it has ended,
/// so only what the process hands over itself before that can come early: it waits, at most as long as detection may take, and not beyond
/// Rotel's stopping.
/// </summary>
/// <param name="detection">Ends within its time-out, and does not fail.</param>
/// <param name="overrides">Whether detected attributes replace those of the same name.</param>
/// <param name="setup">Of the step.</param>
internal sealed class DetectedResourceProcessor(Task<DetectedResource> detection, bool overrides, ProcessorSetup setup) : IPayloadProcessor
{
    private readonly Lazy<EditingProcessor?> _step = new(() => Create(detection.GetAwaiter().GetResult(), overrides, setup));

    public OtlpPayload? Process(OtlpPayload payload) => _step.Value is { } step ? step.Process(payload) : payload;

    private static EditingProcessor? Create(DetectedResource resource, bool overrides, ProcessorSetup setup) =>
        resource.Attributes.Count > 0 ? new EditingProcessor(new DetectedResourceEditor(resource.Attributes, overrides), setup) : null;
}
