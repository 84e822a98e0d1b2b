using System.Collections;
using Rotel.Configuration;
using Rotel.Pipelines;
using Rotel.Processors.Attributes;
using Rotel.Processors.Filtering;
using Rotel.Processors.Redaction;
using Rotel.Processors.Renaming;
using Rotel.Processors.Sampling;
using Rotel.Processors.Truncation;

namespace Rotel;

/// <summary>
/// The processors, in the order in which telemetry passes them: built-in ones, each with a name, and the application's own, which
/// <see cref="RotelOptions.Traces"/>, <see cref="RotelOptions.Metrics"/> and <see cref="RotelOptions.Logs"/> add. Those that configuration
/// and environment name come first. Adding one whose name they already describe configures it further and leaves it in its place.
/// </summary>
public sealed class ProcessorCollection : IReadOnlyCollection<string>
{
    private readonly List<ProcessorStep> _steps = [];
    private readonly Func<string, ProcessorType, ConfiguredProcessor> _declare;
    private readonly Action<ConfiguredProcessor, ProcessorType> _reportOtherType;

    internal ProcessorCollection()
        : this((name, type) => new(name, type, type.CreateOptions(), SettingScope.Processor(name)), (_, _) => { })
    {
    }

    /// <param name="declare">Makes a processor with what the sources of settings say about it.</param>
    /// <param name="reportOtherType">Called when a name is added again with another type, which changes nothing.</param>
    internal ProcessorCollection(
        Func<string, ProcessorType, ConfiguredProcessor> declare, Action<ConfiguredProcessor, ProcessorType> reportOtherType)
    {
        _declare = declare;
        _reportOtherType = reportOtherType;
    }

    /// <summary>Gets the number of built-in processors.</summary>
    public int Count => BuiltIn.Count();

    /// <summary>Everything in order, the application's own steps included.</summary>
    internal IReadOnlyList<ProcessorStep> Steps => _steps;

    internal IEnumerable<ConfiguredProcessor> BuiltIn => _steps.OfType<ProcessorStep.BuiltIn>().Select(step => step.Processor);

    /// <summary>
    /// Adds a processor that changes attributes of spans, log records and data points, or configures the one of this name further.
    /// </summary>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>; compared without regard to case.</param>
    /// <param name="configure">Sets the options, which arrive with what configuration and environment say about this name.</param>
    /// <returns>This collection.</returns>
    public ProcessorCollection AddAttributes(string name, Action<AttributesOptions>? configure = null) =>
        Add(name, ProcessorTypes.Attributes, configure);

    /// <summary>Adds a processor that changes attributes of resources, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddAttributes" path="/param"/>
    /// <inheritdoc cref="AddAttributes" path="/returns"/>
    public ProcessorCollection AddResource(string name, Action<ResourceOptions>? configure = null) =>
        Add(name, ProcessorTypes.Resource, configure);

    /// <summary>
    /// Adds a redaction, which deletes and masks attributes and masks log bodies, or configures the one of this name further.
    /// </summary>
    /// <inheritdoc cref="AddAttributes" path="/param"/>
    /// <inheritdoc cref="AddAttributes" path="/returns"/>
    public ProcessorCollection AddRedaction(string name, Action<RedactionOptions>? configure = null) =>
        Add(name, ProcessorTypes.Redaction, configure);

    /// <summary>Adds a filter, which leaves out what meets its conditions, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddAttributes" path="/param"/>
    /// <inheritdoc cref="AddAttributes" path="/returns"/>
    public ProcessorCollection AddFilter(string name, Action<FilterOptions>? configure = null) =>
        Add(name, ProcessorTypes.Filter, configure);

    /// <summary>Adds a sampler of traces and logs, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddAttributes" path="/param"/>
    /// <inheritdoc cref="AddAttributes" path="/returns"/>
    public ProcessorCollection AddProbabilisticSampler(string name, Action<ProbabilisticSamplerOptions>? configure = null) =>
        Add(name, ProcessorTypes.ProbabilisticSampler, configure);

    /// <summary>Adds a processor that renames spans and metrics, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddAttributes" path="/param"/>
    /// <inheritdoc cref="AddAttributes" path="/returns"/>
    public ProcessorCollection AddRename(string name, Action<RenameOptions>? configure = null) =>
        Add(name, ProcessorTypes.Rename, configure);

    /// <summary>Adds a processor that shortens long values, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddAttributes" path="/param"/>
    /// <inheritdoc cref="AddAttributes" path="/returns"/>
    public ProcessorCollection AddTruncate(string name, Action<TruncateOptions>? configure = null) =>
        Add(name, ProcessorTypes.Truncate, configure);

    /// <summary>Whether there is a built-in processor of this name.</summary>
    /// <param name="name">In any case.</param>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is not null;
    }

    /// <summary>Lists the names of the built-in processors.</summary>
    /// <returns>Lower-case names in order.</returns>
    public IEnumerator<string> GetEnumerator() => BuiltIn.Select(processor => processor.Name).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ConfiguredProcessor? Find(string name) =>
        BuiltIn.FirstOrDefault(processor => processor.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));

    internal ConfiguredProcessor Declare(string name, ProcessorType type)
    {
        var processor = Find(name);
        if (processor is null)
            _steps.Add(new ProcessorStep.BuiltIn(processor = _declare(name.Trim().ToLowerInvariant(), type)));
        else if (processor.Type.Name != type.Name)
            _reportOtherType(processor, type);
        return processor;
    }

    internal void Append(ProcessorStep step) => _steps.Add(step);

    private ProcessorCollection Add<TOptions>(string name, ProcessorType type, Action<TOptions>? configure)
        where TOptions : ProcessorOptions
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (Declare(name, type).Options is TOptions options)
            configure?.Invoke(options);
        return this;
    }
}
