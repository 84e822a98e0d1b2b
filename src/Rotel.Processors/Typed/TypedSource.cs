using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;

namespace Rotel.Processors.Typed;

/// <summary>
/// Where the object of a step comes from: an instance for all requests, or a factory that is called for each request with the services of
/// its scope.
/// </summary>
internal sealed class TypedSource
{
    private TypedSource(object? instance, Func<IServiceProvider?, object>? factory)
    {
        Instance = instance;
        Factory = factory;
    }

    /// <summary>The object; null where there is a factory.</summary>
    public object? Instance { get; }

    /// <summary>
    /// Makes the object for one request; the services are null where there is no container. User code: it runs where the step does.
    /// </summary>
    public Func<IServiceProvider?, object>? Factory { get; }

    /// <summary>One object for all requests, called on many threads at once; not disposed here.</summary>
    /// <param name="processor">Implements the interface of each signal it is used for.</param>
    public static TypedSource Of(object processor) => new(processor, factory: null);

    /// <summary>One object for each request. What it makes beside the container is disposed by nobody.</summary>
    public static TypedSource From(Func<IServiceProvider?, object> factory) => new(instance: null, factory);

    /// <summary>A method instead of an object.</summary>
    public static TypedSource Of<TMessage>(Action<TMessage, ProcessorContext> process) =>
        new(new TypedDelegate<TMessage>(process, processAsync: null), factory: null);

    /// <inheritdoc cref="Of{TMessage}(Action{TMessage, ProcessorContext})"/>
    public static TypedSource Of<TMessage>(Func<TMessage, ProcessorContext, ValueTask> process) =>
        new(new TypedDelegate<TMessage>(process: null, process), factory: null);

    /// <summary>Whether objects of a type are steps for a signal.</summary>
    public static bool Serves(Type type, OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => typeof(ITraceProcessor).IsAssignableFrom(type) || type == typeof(TypedDelegate<ResourceSpans>),
        OtlpSignal.Metrics => typeof(IMetricProcessor).IsAssignableFrom(type) || type == typeof(TypedDelegate<ResourceMetrics>),
        OtlpSignal.Logs => typeof(ILogProcessor).IsAssignableFrom(type) || type == typeof(TypedDelegate<ResourceLogs>),
        _ => false,
    };
}
