using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Rotel.Otlp;
using Rotel.Processors.Typed;

namespace Rotel.Configuration;

/// <summary>Adds the application's own steps of one signal to the processors.</summary>
internal sealed class UserSteps(OtlpSignal signal, ProcessorCollection processors)
{
    private int _unnamed;

    /// <param name="source">Of the step's object.</param>
    /// <param name="name">What it is called unless its options say otherwise; null for a number.</param>
    /// <param name="configure">Sets its options.</param>
    public void Add(TypedSource source, string? name, Action<TypedProcessorOptions> configure) =>
        processors.Append(new ProcessorStep.User(signal, name ?? $"{signal.Name()}-{++_unnamed}", source, configure));

    public void AddFile(string path) => processors.Append(new ProcessorStep.File(signal, path, Setting: null));

    /// <summary>From the services as it is registered there, else with a constructor that they fill.</summary>
    public static TProcessor Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>(
        IServiceProvider? services)
        where TProcessor : class => services is null
            ? Activator.CreateInstance<TProcessor>()
            : ActivatorUtilities.GetServiceOrCreateInstance<TProcessor>(services);
}
