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
    /// <returns>These options.</returns>
    public TraceSignalOptions Process(Action<ResourceSpans> process) => Process(process, NoOptions);

    /// <inheritdoc cref="Process(Action{ResourceSpans})"/>
    /// <param name="process">Changes the message in place; called for many requests at once.</param>
    /// <param name="configure">Sets its name, and what happens when it fails or takes too long.</param>
    public TraceSignalOptions Process(Action<ResourceSpans> process, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Process((resourceSpans, _) => process(resourceSpans), configure);
    }

    /// <inheritdoc cref="Process(Action{ResourceSpans})"/>
    public TraceSignalOptions Process(Action<ResourceSpans, ProcessorContext> process) => Process(process, NoOptions);

    /// <inheritdoc cref="Process(Action{ResourceSpans}, Action{TypedProcessorOptions})"/>
    public TraceSignalOptions Process(Action<ResourceSpans, ProcessorContext> process, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Add(TypedSource.Of(process), null, configure);
    }

    /// <inheritdoc cref="Process(Action{ResourceSpans})"/>
    public TraceSignalOptions Process(Func<ResourceSpans, ProcessorContext, ValueTask> process) => Process(process, NoOptions);

    /// <inheritdoc cref="Process(Action{ResourceSpans}, Action{TypedProcessorOptions})"/>
    public TraceSignalOptions Process(Func<ResourceSpans, ProcessorContext, ValueTask> process, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Add(TypedSource.Of(process), null, configure);
    }

    /// <summary>Lets traces pass an object of the application, behind the processors added so far.</summary>
    /// <param name="processor">Called for many requests at once.</param>
    /// <returns>These options.</returns>
    public TraceSignalOptions Process(ITraceProcessor processor) => Process(processor, NoOptions);

    /// <inheritdoc cref="Process(ITraceProcessor)"/>
    /// <param name="processor">Called for many requests at once.</param>
    /// <param name="configure">Sets its name, and what happens when it fails or takes too long.</param>
    public TraceSignalOptions Process(ITraceProcessor processor, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return Add(TypedSource.Of((object)processor), processor.GetType().Name, configure);
    }

    /// <summary>
    /// Lets traces pass a type of the application, behind the processors added so far. It comes from a scope of the service container that
    /// the request has for itself, as it is registered there; otherwise it is made anew for each request, with services for its
    /// constructor.
    /// </summary>
    /// <typeparam name="TProcessor">Without a container, it needs a public constructor without parameters.</typeparam>
    /// <returns>These options.</returns>
    public TraceSignalOptions Process<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>()
        where TProcessor : class, ITraceProcessor => Process<TProcessor>(NoOptions);

    /// <inheritdoc cref="Process{TProcessor}()"/>
    /// <param name="configure">Sets its name, and what happens when it fails or takes too long.</param>
    public TraceSignalOptions Process<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>(
        Action<TypedProcessorOptions> configure)
        where TProcessor : class, ITraceProcessor => Add(TypedSource.OfType<TProcessor>(), typeof(TProcessor).Name, configure);

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

    private TraceSignalOptions Add(TypedSource source, string? name, Action<TypedProcessorOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _steps.Add(source, name, configure);
        return this;
    }

    private static void NoOptions(TypedProcessorOptions options)
    {
    }
}
