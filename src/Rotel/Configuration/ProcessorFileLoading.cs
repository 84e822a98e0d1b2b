using Rotel.Otlp;
using Rotel.Processors.Files;

namespace Rotel.Configuration;

/// <summary>Puts the classes of processor files in the place of the files that settings and code name.</summary>
internal sealed class ProcessorFileLoading(RotelOptions options, ConfigurationErrors errors)
{
    /// <param name="chains">The steps of each signal, by its number; changed.</param>
    /// <returns>What was loaded, which the owner of the plan disposes; null where no file was named.</returns>
    public ProcessorFiles? Load(IReadOnlyList<ProcessorStep>[] chains)
    {
        if (!chains.Any(chain => chain.OfType<ProcessorStep.File>().Any()))
            return null;

        var files = new ProcessorFiles(options.ProcessorCompiler);
        foreach (var signal in OtlpSignals.All)
            chains[(int)signal] = [.. chains[(int)signal].SelectMany(step => step is ProcessorStep.File file ? Load(files, file) : [step])];
        return files;
    }

    private IEnumerable<ProcessorStep> Load(ProcessorFiles files, ProcessorStep.File file)
    {
        var setting = file.Setting ?? $"{file.Signal.Name()}, ProcessFile";
        if (file.Setting is not null && !options.AllowProcessorFiles)
        {
            errors.Add(
                setting,
                $"names the file '{file.Path}', and this program loads no code that settings name;"
                    + $" set {nameof(RotelOptions.AllowProcessorFiles)} in its code, or add the file there");
            return [];
        }

        var loaded = files.Load(file.Path, file.Signal);
        foreach (var problem in loaded.Errors)
            errors.Add(setting, problem.TrimEnd('.'));
        return loaded.Steps.Select(step => new ProcessorStep.Loaded(file.Signal, step));
    }
}
