namespace Rotel.Processors.Files;

/// <summary>A class of a file that is a step of a signal.</summary>
/// <param name="file">Where it is from; it owns the object.</param>
/// <param name="type">The class.</param>
internal sealed class ProcessorFileStep(ProcessorFile file, Type type)
{
    /// <summary>Gets what the step is called in logs and metrics: the file's name and, where it holds several, the class.</summary>
    public string Name { get; } = file.HasSeveral ? $"{Path.GetFileName(file.Path)}:{type.Name}" : Path.GetFileName(file.Path);

    /// <inheritdoc cref="ProcessorFile.InstanceOf"/>
    public object? Create(IServiceProvider? services, out string? problem) => file.InstanceOf(type, services, out problem);
}
