using Rotel.Otlp;

namespace Rotel.Configuration;

/// <summary>What is allowed of processors and perhaps not meant.</summary>
internal static class ProcessorWarnings
{
    /// <summary>Built-in processors that nothing passes, because what they work on goes to no exporter.</summary>
    public static IEnumerable<string> Of(RotelPlan plan)
    {
        var used = OtlpSignals.All.ToArray()
            .Where(signal => plan.ExportersOf(signal).Count > 0)
            .SelectMany(plan.ProcessorsOf)
            .OfType<ProcessorStep.BuiltIn>()
            .Select(step => step.Processor)
            .ToHashSet();
        return plan.Options.Processors.BuiltIn
            .Where(processor => !used.Contains(processor))
            .Select(processor =>
                $"{processor.Scope.Section}: the processor {processor.Name} does nothing, for no signal that it works on goes to an exporter.");
    }
}
