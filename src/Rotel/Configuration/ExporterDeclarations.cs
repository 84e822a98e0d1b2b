using Rotel.Pipelines;

namespace Rotel.Configuration;

/// <summary>
/// Works out which exporters there are: first those that sources name, then those that code adds. A type that sources name may come with a
/// package, whose registration by code is waited for.
/// </summary>
internal sealed class ExporterDeclarations
{
    private const string TypeRow = "type";

    private readonly List<ExporterType> _types = [.. ExporterTypes.All];
    private readonly List<AwaitedExporter> _awaited = [];
    private readonly SectionSource? _section;
    private readonly SettingReader _reader;
    private readonly ConfigurationErrors _errors;

    public ExporterDeclarations(SectionSource? section, SettingReader reader, ConfigurationErrors errors)
    {
        _section = section;
        _reader = reader;
        _errors = errors;
        Collection = new ExporterCollection(
            (name, type) => Create(name, type, SettingScope.NamedExporter(name)),
            (exporter, type) => _errors.Add(
                exporter.Scope.Section,
                $"the exporter {exporter.Name} is of type {exporter.Type.Name}, so code cannot add it as {type.Name}; use another name"),
            Register);
    }

    public ExporterCollection Collection { get; }

    /// <summary>The types there are, those included that packages have added.</summary>
    public IReadOnlyList<ExporterType> Types => _types;

    /// <summary>What the sources say about which exporters there are.</summary>
    public ExporterSelection Selection { get; } = new();

    /// <summary>True when the one exporter is known by its type, as <c>ROTEL_{TYPE}_EXPORTER_…</c>.</summary>
    public bool IsSingleForm { get; private set; }

    /// <summary>True while neither sources nor code name an exporter.</summary>
    public bool AreNone => Collection.Count == 0 && _awaited.Count == 0 && !HasRefused
        && Selection.Exporter is null && Selection.Exporters.Count == 0 && _section?.ExporterNames.Any() != true;

    /// <summary>True once an error says why an exporter is missing, so that nothing more need be said about routes.</summary>
    public bool HasRefused { get; private set; }

    /// <summary>Creates every exporter that the sources name with a type.</summary>
    public void Declare()
    {
        _reader.Apply(SettingScope.Global, static () => ExporterSelection.Rows, Selection);
        var named = FindNamed();
        if (Selection.Exporter is not null && named.Count > 0)
        {
            var single = SettingScope.Global.For(ExporterSelection.ExporterRow);
            var several = SettingScope.Global.For(ExporterSelection.ExportersRow);
            Refuse(single.ToString(), $"cannot be used together with {several}; keep the first for one exporter, the second for several");
            return;
        }

        foreach (var (name, type) in named)
            DeclareNamed(name, type);
        if (named.Count == 0)
            DeclareSingle();
    }

    /// <summary>Reports types that nobody has registered.</summary>
    public void ReportUnknown()
    {
        foreach (var awaited in _awaited.Where(awaited => awaited.Setting is not null))
        {
            Refuse(
                awaited.Setting!,
                ExporterTypes.WhyNot(awaited.Type.ToLowerInvariant())
                    ?? $"found an unknown type of exporter; expected one of {KnownTypes}");
        }
    }

    /// <summary>Reports sections of exporters that neither a type nor code has made real.</summary>
    public void ReportUndeclared()
    {
        foreach (var name in _section?.ExporterNames ?? [])
        {
            if (Collection.Find(name) is null && !HasRefused)
            {
                Refuse(
                    SettingScope.NamedExporter(name).For(TypeRow).ToString(),
                    $"the exporter {name} has no type; set it to one of {KnownTypes}, or add it in code");
            }
        }
    }

    private string KnownTypes => string.Join(", ", _types.Select(type => type.Name));

    /// <summary>Names with types, later sources winning; a null type is left to the name or to code.</summary>
    private Dictionary<string, string?> FindNamed()
    {
        var named = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in _section?.ExporterNames ?? [])
            named[name] = _section!.Find(SettingScope.NamedExporter(name).For(TypeRow))?.Text?.Trim();

        foreach (var item in Selection.Exporters)
        {
            var parts = item.Split(':', StringSplitOptions.TrimEntries);
            if (parts.Length > 2 || parts.Any(part => part.Length == 0))
                Refuse(ExportersSetting, "expected items such as vendor:otlp, or otlp alone");
            else
                named[parts[0]] = parts[^1];
        }

        return named;
    }

    private void DeclareNamed(string name, string? typeName)
    {
        var setting = _section?.ExporterNames.Contains(name, StringComparer.OrdinalIgnoreCase) == true
            ? SettingScope.NamedExporter(name).For(TypeRow).Key
            : ExportersSetting;
        DeclareOrAwait(new(typeName is null ? null : setting, typeName ?? name, type => Collection.Declare(name, type)));
    }

    private void DeclareSingle()
    {
        var name = Selection.Exporter;
        if (name is null)
        {
            // As in the Rust collector: otlp is what an exporter is when nobody says otherwise.
            var otlp = FindType("otlp");
            if (otlp is null || !IsMentioned(otlp))
                return;
            name = otlp.Name;
        }

        var setting = SettingScope.Global.For(ExporterSelection.ExporterRow).ToString();
        IsSingleForm = true;
        DeclareOrAwait(new(setting, name, type => Collection.Put(Create(type.Name, type, SettingScope.SingleExporter(type.Name)))));
    }

    private void DeclareOrAwait(AwaitedExporter exporter)
    {
        if (FindType(exporter.Type) is { } type)
            exporter.Declare(type);
        else
            _awaited.Add(exporter);
    }

    private void Register(ExporterType type)
    {
        if (FindType(type.Name) is not null)
            return;
        _types.Add(type);
        foreach (var awaited in _awaited.Where(awaited => awaited.IsOf(type)).ToArray())
        {
            _awaited.Remove(awaited);
            awaited.Declare(type);
        }
    }

    private bool IsMentioned(ExporterType type)
    {
        var scope = SettingScope.SingleExporter(type.Name);
        return _reader.Sources.Any(source => ConfiguredExporter.RowsOf(type)
            .SelectMany(SecretFile.NamesOf)
            .Any(name => source.Find(scope.For(name.Name)) is not null));
    }

    private ConfiguredExporter Create(string name, ExporterType type, SettingScope scope)
    {
        if (ExporterName.Problem(name) is { } problem)
            Refuse(scope.Section, problem);
        var exporter = new ConfiguredExporter(name, type, type.CreateOptions(), scope);
        _reader.Apply(scope, () => exporter.Rows, exporter.Options);
        return exporter;
    }

    private ExporterType? FindType(string name) =>
        _types.FirstOrDefault(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Refuse(string setting, string problem)
    {
        HasRefused = true;
        _errors.Add(setting, problem);
    }

    private static string ExportersSetting => SettingScope.Global.For(ExporterSelection.ExportersRow).ToString();

    /// <summary>An exporter that sources name.</summary>
    /// <param name="Setting">Where its type is said; null where its name may happen to be one.</param>
    /// <param name="Type">The name of its type.</param>
    /// <param name="Declare">Makes it real.</param>
    private sealed record AwaitedExporter(string? Setting, string Type, Action<ExporterType> Declare)
    {
        public bool IsOf(ExporterType type) => type.Name.Equals(Type, StringComparison.OrdinalIgnoreCase);
    }
}
