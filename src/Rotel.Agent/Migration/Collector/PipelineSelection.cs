using Rotel.Otlp;

namespace Rotel.Agent.Migration.Collector;

/// <summary>
/// Rotel has one pipeline per signal. Those of one signal that pass the same processors become one with the exporters of all; another is
/// left over.
/// </summary>
internal static class PipelineSelection
{
    /// <param name="context">The migration.</param>
    /// <param name="receiver">The id of the receiver that Rotel becomes; null for none.</param>
    public static IReadOnlyList<CollectorPipeline> Select(CollectorContext context, string? receiver)
    {
        var section = context.Root.Section("service").Section("pipelines");
        var selected = new List<CollectorPipeline>();
        foreach (var id in section.Keys)
        {
            var pipeline = section.Section(id);
            string[] receivers = [.. pipeline.List("receivers").Select(text => text.Literal)];
            string[] processors = [.. pipeline.List("processors").Select(text => text.Literal)];
            string[] exporters = [.. pipeline.List("exporters").Select(text => text.Literal)];
            if (SignalOf(id) is not { } signal)
            {
                context.Report.Leave(
                    pipeline.Place, $"Rotel has pipelines for traces, metrics and logs, and not for {CollectorContext.TypeOf(id)}",
                    "Profiles pass through with otlp_receiver_profiles_enabled and exporters_profiles");
                continue;
            }

            if (!receivers.Any(name => name == receiver))
            {
                context.Report.Leave(
                    pipeline.Place,
                    $"none of its receivers ({string.Join(", ", receivers)}) is carried over, so that nothing would come to it",
                    "Keep a collector for them, and let it send OTLP to Rotel");
                continue;
            }

            var before = selected.FindIndex(other => other.Signal == signal);
            if (before < 0)
            {
                selected.Add(new(signal, processors, exporters, pipeline.Place));
            }
            else if (selected[before].Processors.SequenceEqual(processors))
            {
                selected[before] = selected[before] with { Exporters = [.. selected[before].Exporters.Union(exporters)] };
                context.Report.Differ(pipeline.Place, $"it is one with {selected[before].Place.Path}, for both pass the same processors");
            }
            else
            {
                context.Report.Leave(
                    pipeline.Place,
                    $"Rotel has one pipeline for {signal.Name()}, and {selected[before].Place.Path} passes other processors",
                    "Run a second Rotel for it, or do in code what is to happen on one of the ways only");
            }
        }

        return selected;
    }

    private static OtlpSignal? SignalOf(string id)
    {
        foreach (var signal in OtlpSignals.Mergeable)
        {
            if (signal.Name() == CollectorContext.TypeOf(id))
                return signal;
        }

        return null;
    }
}
