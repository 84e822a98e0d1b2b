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
}
