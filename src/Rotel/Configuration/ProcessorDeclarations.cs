using Rotel.Pipelines;

namespace Rotel.Configuration;

/// <summary>
/// Works out which built-in processors there are: first those that sources name, in their order, then those that code adds.
/// </summary>
internal sealed class ProcessorDeclarations
{
    private const string TypeRow = "type";

    private readonly SectionSource? _section;
    private readonly SettingReader _reader;
    private readonly ConfigurationErrors _errors;
    private bool _hasRefused;

    public ProcessorDeclarations(SectionSource? section, SettingReader reader, ConfigurationErrors errors)
    {
        _section = section;
        _reader = reader;
        _errors = errors;
        Collection = new ProcessorCollection(
            Create,
            (processor, type) => _errors.Add(
                processor.Scope.Section,
                $"the processor {processor.Name} is of type {processor.Type.Name}, so code cannot add it as {type.Name}; use another name"));
    }

    public ProcessorCollection Collection { get; }

    /// <summary>Creates every processor that the sources name with a type.</summary>
    public void Declare()
    {
        var selection = new ProcessorSelection();
        _reader.Apply(SettingScope.Global, static () => ProcessorSelection.Rows, selection);
        foreach (var item in selection.Processors)
        {
            var parts = item.Split(':', StringSplitOptions.TrimEntries);
            if (parts.Length > 2 || parts.Any(part => part.Length == 0))
                Refuse(ProcessorsSetting, "expected items such as cards:redaction, or redaction alone");
            else
                Declare(parts[0], parts[^1], ProcessorsSetting);
        }

        foreach (var name in _section?.ProcessorNames ?? [])
        {
            var type = SettingScope.Processor(name).For(TypeRow);
            if (_section!.Find(type)?.Text?.Trim() is { Length: > 0 } typeName)
                Declare(name, typeName, type.Key);
        }
    }

    /// <summary>Reports sections of processors that neither a type nor code has made real.</summary>
    public void ReportUndeclared()
    {
        foreach (var name in _section?.ProcessorNames ?? [])
        {
            if (Collection.Find(name) is null && !_hasRefused)
            {
                Refuse(
                    SettingScope.Processor(name).For(TypeRow).ToString(),
                    $"the processor {name} has no type; set it to one of {ProcessorTypes.Names}, or add it in code");
            }
        }
    }

    private void Declare(string name, string typeName, string setting)
    {
        if (ProcessorTypes.Find(typeName) is { } type)
            Collection.Declare(name, type);
        else
            Refuse(setting, $"found an unknown type of processor; expected one of {ProcessorTypes.Names}");
    }

    private ConfiguredProcessor Create(string name, ProcessorType type)
    {
        var scope = SettingScope.Processor(name);
        if (ExporterName.Problem(name, "processor") is { } problem)
            Refuse(scope.Section, problem);
        var processor = new ConfiguredProcessor(name, type, type.CreateOptions(), scope);
        _reader.Apply(scope, () => processor.Rows, processor.Options);
        return processor;
    }

    private void Refuse(string setting, string problem)
    {
        _hasRefused = true;
        _errors.Add(setting, problem);
    }

    private static string ProcessorsSetting => SettingScope.Global.For(ProcessorSelection.ProcessorsRow).ToString();
}
