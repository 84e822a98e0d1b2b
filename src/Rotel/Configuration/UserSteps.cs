using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Rotel.Otlp;
using Rotel.Processors.Typed;

namespace Rotel.Configuration;

/// <summary>Adds the application's own steps of one signal to the processors.</summary>
internal sealed class UserSteps(OtlpSignal signal, ProcessorCollection processors)
{
    private int _unnamed;

    public void Add(TypedSource source, string? name, Action<TypedProcessorOptions>? configure) =>
        processors.Append(new ProcessorStep.User(signal, name ?? $"{signal.Name()}-{++_unnamed}", source, configure));

    public void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>(
        string? name, Action<TypedProcessorOptions>? configure)
        where TProcessor : class =>
        Add(TypedSource.From(Create<TProcessor>), name ?? typeof(TProcessor).Name, configure);

    public void AddFile(string path) => processors.Append(new ProcessorStep.File(signal, path, Setting: null));

    private static TProcessor Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProcessor>(
        IServiceProvider? services)
        where TProcessor : class => services is null
            ? Activator.CreateInstance<TProcessor>()
            : ActivatorUtilities.GetServiceOrCreateInstance<TProcessor>(services);
}
