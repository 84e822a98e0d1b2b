using Rotel.Pipelines;
using Rotel.Processors.Filtering;
using Rotel.Processors.Redaction;
using Rotel.Processors.Sampling;

namespace Rotel.Configuration;

/// <summary>The built-in processors: one line each.</summary>
internal static class ProcessorTypes
{
    public static RedactionProcessorType Redaction { get; } = new();

    public static FilterProcessorType Filter { get; } = new();

    public static ProbabilisticSamplerType ProbabilisticSampler { get; } = new();

    public static IReadOnlyList<ProcessorType> All { get; } = [Redaction, Filter, ProbabilisticSampler];

    /// <summary>For error messages.</summary>
    public static string Names => string.Join(", ", All.Select(type => type.Name));

    public static ProcessorType? Find(string name) =>
        All.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
