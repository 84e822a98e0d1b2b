using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.Processors.Typed;

namespace Rotel;

/// <summary>What is set for traces.</summary>
public sealed class TraceSignalOptions : SignalOptions
{
    private readonly UserSteps _steps;

    internal TraceSignalOptions(ProcessorCollection processors) => _steps = new UserSteps(OtlpSignal.Traces, processors);

    /// <summary>Lets traces pass a method of the application, behind the processors added so far.</summary>
    /// <param name="process">Changes the message in place; called for many requests at once.</param>
    /// <param name="name">In logs and metrics; <c>traces-1</c>, <c>traces-2</c>, … where it is not given.</param>
    /// <param name="configure">Sets what happens when it fails or takes too long.</param>
    /// <returns>These options.</returns>
    public TraceSignalOptions Process(
        Action<ResourceSpans> process, string? name = null, Action<TypedProcessorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Process((resourceSpans, _) => process(resourceSpans), name, configure);
    }

    /// <inheritdoc cref="Process(Action{ResourceSpans}, string?, Action{TypedProcessorOptions}?)"/>
    public TraceSignalOptions Process(
        Action<ResourceSpans, ProcessorContext> process, string? name = null, Action<TypedProcessorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        _steps.Add(TypedSource.Of(process), name, configure);
        return this;
    }

    /// <inheritdoc cref="Process(Action{ResourceSpans}, string?, Action{TypedProcessorOptions}?)"/>
    public TraceSignalOptions Process(
        Func<ResourceSpans, ProcessorContext, ValueTask> process, string? name = null, Action<TypedProcessorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(process);
        _steps.Add(TypedSource.Of(process), name, configure);
        return this;
    }

    /// <summary>Lets traces pass an object of the application, behind the processors added so far.</summary>
    /// <param name="processor">Called for many requests at once.</param>
    /// <param name="name">In logs and metrics; the name of its type where it is not given.</param>
    /// <param name="configure">Sets what happens when it fails or takes too long.</param>
    /// <returns>These options.</returns>
    public TraceSignalOptions Process(
        ITraceProcessor processor, string? name = null, Action<TypedProcessorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(processor);
        _steps.Add(TypedSource.Of(processor), name ?? processor.GetType().Name, configure);
        return this;
    }

    /// <summary>
    /// Lets traces pass a type of the application, behind the processors added so far. It comes from a scope of the service container that the
    /// request has for itself, as it is registered there; otherwise it is made anew for each request, with services for its constructor.
    /// </summary>
    /// <typeparam name="TProcessor">Without a container, it needs a public constructor without parameters.</typeparam>
    /// <param name="name">In logs and metrics; the name of the type where it is not given.</param>
    /// <param name="configure">Sets what happens when it fails or takes too long.</param>
    /// <returns>These options.</returns>
    public TraceSignalOptions Process<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>(
        string? name = null, Action<TypedProcessorOptions>? configure = null)
        where TProcessor : class, ITraceProcessor
    {
        _steps.Add<TProcessor>(name, configure);
        return this;
    }

    /// <summary>
    /// Lets traces pass every public <see cref="ITraceProcessor"/> in a file, behind the processors added so far: a <c>.dll</c>, or one
    /// <c>.cs</c> file, which is compiled at the start and needs the package Rotel.Roslyn.
    /// </summary>
    /// <param name="path">Relative to the current directory.</param>
    /// <returns>These options.</returns>
    public TraceSignalOptions ProcessFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _steps.AddFile(path);
        return this;
    }
}
