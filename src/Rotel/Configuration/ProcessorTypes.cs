using Rotel.Pipelines;
using Rotel.Processors.Attributes;
using Rotel.Processors.Filtering;
using Rotel.Processors.Redaction;
using Rotel.Processors.Renaming;
using Rotel.Processors.Sampling;
using Rotel.Processors.Truncation;

namespace Rotel.Configuration;

/// <summary>The built-in processors: one line each.</summary>
internal static class ProcessorTypes
{
    public static AttributesProcessorType Attributes { get; } = new();

    public static ResourceProcessorType Resource { get; } = new();

    public static RedactionProcessorType Redaction { get; } = new();

    public static FilterProcessorType Filter { get; } = new();

    public static ProbabilisticSamplerType ProbabilisticSampler { get; } = new();

    public static RenameProcessorType Rename { get; } = new();

    public static TruncateProcessorType Truncate { get; } = new();

    public static IReadOnlyList<ProcessorType> All { get; } =
        [Attributes, Resource, Redaction, Filter, ProbabilisticSampler, Rename, Truncate];

    /// <summary>For error messages.</summary>
    public static string Names => string.Join(", ", All.Select(type => type.Name));

    public static ProcessorType? Find(string name) =>
        All.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
