using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
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
    private readonly Func<IServiceProvider, object?>? _registered;
    private readonly Func<IServiceProvider?, object>? _factory;
    private readonly object? _instance;

    private TypedSource(object? instance, Func<IServiceProvider, object?>? registered, Func<IServiceProvider?, object>? factory)
    {
        _instance = instance;
        _registered = registered;
        _factory = factory;
    }

    /// <summary>One object for all requests, called on many threads at once; not disposed here.</summary>
    /// <param name="processor">Implements the interface of each signal it is used for.</param>
    public static TypedSource Of(object processor) => new(processor, registered: null, factory: null);

    /// <summary>One object for each request and step; what it makes beside the container is not disposed.</summary>
    /// <param name="factory">Given the services of the request's scope, null where there is no container. Runs where the step does.</param>
    public static TypedSource From(Func<IServiceProvider?, object> factory) => new(instance: null, registered: null, factory);

    /// <summary>
    /// From the container as it is registered there; else an object for each request, made with a constructor that the container fills,
    /// and disposed when the request is done with.
    /// </summary>
    public static TypedSource OfType<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>()
        where TProcessor : class => new(
            instance: null,
            static services => services.GetService<TProcessor>(),
            static services => services is null
                ? Activator.CreateInstance<TProcessor>()
                : ActivatorUtilities.CreateInstance<TProcessor>(services));

    /// <summary>A method instead of an object.</summary>
    public static TypedSource Of<TMessage>(Action<TMessage, ProcessorContext> process) =>
        new(new TypedDelegate<TMessage>(process, processAsync: null), registered: null, factory: null);

    /// <inheritdoc cref="Of{TMessage}(Action{TMessage, ProcessorContext})"/>
    public static TypedSource Of<TMessage>(Func<TMessage, ProcessorContext, ValueTask> process) =>
        new(new TypedDelegate<TMessage>(process: null, process), registered: null, factory: null);

    /// <summary>Whether objects of a type are steps for a signal.</summary>
    public static bool Serves(Type type, OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => typeof(ITraceProcessor).IsAssignableFrom(type) || type == typeof(TypedDelegate<ResourceSpans>),
        OtlpSignal.Metrics => typeof(IMetricProcessor).IsAssignableFrom(type) || type == typeof(TypedDelegate<ResourceMetrics>),
        OtlpSignal.Logs => typeof(ILogProcessor).IsAssignableFrom(type) || type == typeof(TypedDelegate<ResourceLogs>),
        _ => false,
    };

    /// <summary>The object for one request. User code: it runs where the step does.</summary>
    /// <param name="services">Of its scope; null where there is no container.</param>
    /// <param name="isOwned">Whether the caller disposes it.</param>
    public object Create(IServiceProvider? services, out bool isOwned)
    {
        isOwned = false;
        if (_instance is not null)
            return _instance;
        if (_registered is not null && services is not null && _registered(services) is { } registered)
            return registered;
        isOwned = _registered is not null;
        return _factory!(services);
    }
}
