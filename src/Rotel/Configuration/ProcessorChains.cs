using Rotel.Otlp;

namespace Rotel.Configuration;

/// <summary>
/// Works out what each signal passes, in order: built-in processors that sources declare and the signal's own list does not name, then that
/// list, then what code adds. A list orders and adds; it leaves nothing out, so that a redaction cannot be lost by naming a file.
/// </summary>
internal sealed class ProcessorChains(RotelOptions options, int fromSources, ConfigurationErrors errors)
{
    /// <summary>The steps of each signal, by its number.</summary>
    public IReadOnlyList<ProcessorStep>[] Resolve()
    {
        var chains = new IReadOnlyList<ProcessorStep>[OtlpSignals.Count];
        foreach (var signal in OtlpSignals.All)
            chains[(int)signal] = signal.IsMergeable() ? ChainOf(signal) : [];
        return chains;
    }

    private List<ProcessorStep> ChainOf(OtlpSignal signal)
    {
        var listed = Listed(signal);
        var steps = options.Processors.Steps;
        return
        [
            .. steps.Take(fromSources).Where(step => step.WorksOn(signal)).Except(listed),
            .. listed,
            .. steps.Skip(fromSources).Where(step => step.WorksOn(signal)).Except(listed),
        ];
    }

    private List<ProcessorStep> Listed(OtlpSignal signal)
    {
        var listed = new List<ProcessorStep>();
        foreach (var item in options.For(signal).Processors)
        {
            if (options.Processors.Steps.OfType<ProcessorStep.BuiltIn>().FirstOrDefault(step => IsCalled(step, item)) is { } builtIn)
                Add(builtIn);
            else if (IsFile(item))
                Add(new ProcessorStep.File(signal, item, RowOf(signal)));
            else
                errors.Add(RowOf(signal), WhyNot(item));
        }

        return listed;

        void Add(ProcessorStep step)
        {
            if (!step.WorksOn(signal))
                errors.Add(RowOf(signal), $"names {step.Name}, which does not work on {signal.Name()}");
            else if (listed.Contains(step))
                errors.Add(RowOf(signal), $"names {step.Name} twice");
            else
                listed.Add(step);
        }
    }

    private string WhyNot(string item)
    {
        if (item.EndsWith(".py", StringComparison.OrdinalIgnoreCase))
            return "names a Python file, which cannot run inside .NET; write the processor in C#, as a .cs file or a .dll";
        var names = options.Processors.BuiltIn.Select(processor => processor.Name).ToArray();
        return "names what is neither a built-in processor nor the path of a .dll or .cs file; "
            + (names.Length == 0
                ? $"no built-in processor is declared in {SettingScope.Global.For(ProcessorSelection.ProcessorsRow)}"
                : $"there are {string.Join(", ", names)}");
    }

    private static bool IsCalled(ProcessorStep.BuiltIn step, string name) => step.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase);

    private static bool IsFile(string item) =>
        item.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || item.EndsWith(".cs", StringComparison.OrdinalIgnoreCase);

    private static string RowOf(OtlpSignal signal) => SettingScope.Global.For(GlobalSettings.ProcessorsOf(signal)).ToString();
}
