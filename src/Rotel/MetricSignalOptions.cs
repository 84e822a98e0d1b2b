using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Proto.Metrics.V1;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.Processors.Typed;

namespace Rotel;

/// <summary>What is set for metrics.</summary>
public sealed class MetricSignalOptions : SignalOptions
{
    private readonly UserSteps _steps;

    internal MetricSignalOptions(ProcessorCollection processors) => _steps = new UserSteps(OtlpSignal.Metrics, processors);

    /// <summary>Lets metrics pass a method of the application, behind the processors added so far.</summary>
    /// <param name="process">Changes the message in place; called for many requests at once.</param>
    /// <returns>These options.</returns>
    public MetricSignalOptions Process(Action<ResourceMetrics> process) => Process(process, NoOptions);

    /// <inheritdoc cref="Process(Action{ResourceMetrics})"/>
    /// <param name="process">Changes the message in place; called for many requests at once.</param>
    /// <param name="configure">Sets its name, and what happens when it fails or takes too long.</param>
    public MetricSignalOptions Process(Action<ResourceMetrics> process, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Process((resourceMetrics, _) => process(resourceMetrics), configure);
    }

    /// <inheritdoc cref="Process(Action{ResourceMetrics})"/>
    public MetricSignalOptions Process(Action<ResourceMetrics, ProcessorContext> process) => Process(process, NoOptions);

    /// <inheritdoc cref="Process(Action{ResourceMetrics}, Action{TypedProcessorOptions})"/>
    public MetricSignalOptions Process(Action<ResourceMetrics, ProcessorContext> process, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Add(TypedSource.Of(process), null, configure);
    }

    /// <inheritdoc cref="Process(Action{ResourceMetrics})"/>
    public MetricSignalOptions Process(Func<ResourceMetrics, ProcessorContext, ValueTask> process) => Process(process, NoOptions);

    /// <inheritdoc cref="Process(Action{ResourceMetrics}, Action{TypedProcessorOptions})"/>
    public MetricSignalOptions Process(Func<ResourceMetrics, ProcessorContext, ValueTask> process, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Add(TypedSource.Of(process), null, configure);
    }

    /// <summary>Lets metrics pass an object of the application, behind the processors added so far.</summary>
    /// <param name="processor">Called for many requests at once.</param>
    /// <returns>These options.</returns>
    public MetricSignalOptions Process(IMetricProcessor processor) => Process(processor, NoOptions);

    /// <inheritdoc cref="Process(IMetricProcessor)"/>
    /// <param name="processor">Called for many requests at once.</param>
    /// <param name="configure">Sets its name, and what happens when it fails or takes too long.</param>
    public MetricSignalOptions Process(IMetricProcessor processor, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return Add(TypedSource.Of((object)processor), processor.GetType().Name, configure);
    }

    /// <summary>
    /// Lets metrics pass a type of the application, behind the processors added so far. It comes from a scope of the service container that
    /// the request has for itself, as it is registered there; otherwise it is made anew for each request, with services for its
    /// constructor.
    /// </summary>
    /// <typeparam name="TProcessor">Without a container, it needs a public constructor without parameters.</typeparam>
    /// <returns>These options.</returns>
    public MetricSignalOptions Process<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>()
        where TProcessor : class, IMetricProcessor => Process<TProcessor>(NoOptions);

    /// <inheritdoc cref="Process{TProcessor}()"/>
    /// <param name="configure">Sets its name, and what happens when it fails or takes too long.</param>
    public MetricSignalOptions Process<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>(
        Action<TypedProcessorOptions> configure)
        where TProcessor : class, IMetricProcessor => Add(TypedSource.OfType<TProcessor>(), typeof(TProcessor).Name, configure);

    /// <summary>
    /// Lets metrics pass every public <see cref="IMetricProcessor"/> in a file, behind the processors added so far: a <c>.dll</c>, or one
    /// <c>.cs</c> file, which is compiled at the start and needs the package Rotel.Roslyn.
    /// </summary>
    /// <param name="path">Relative to the current directory.</param>
    /// <returns>These options.</returns>
    public MetricSignalOptions ProcessFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _steps.AddFile(path);
        return this;
    }

    private MetricSignalOptions Add(TypedSource source, string? name, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _steps.Add(source, name, configure);
        return this;
    }

    private static void NoOptions(TypedProcessorOptions options)
    {
    }
}
