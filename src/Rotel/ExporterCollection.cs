using System.Collections;
using Rotel.Configuration;
using Rotel.Delivery;
using Rotel.Exporters.Blackhole;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.File;
using Rotel.Exporters.Otlp;
using Rotel.Pipelines;

namespace Rotel;

/// <summary>
/// The configured exporters. Adding one whose name the configuration or the environment already describes configures it further, so that
/// code comes on top of what they say: <c>ROTEL_EXPORTER_{NAME}_…</c> is read for exporters that only code names, too.
/// </summary>
public sealed class ExporterCollection : IReadOnlyCollection<string>
{
    private readonly Dictionary<string, ConfiguredExporter> _exporters = new(StringComparer.Ordinal);
    private readonly List<ConfiguredExporter> _inOrder = [];
    private readonly Func<string, ExporterType, ConfiguredExporter> _declare;
    private readonly Action<ConfiguredExporter, ExporterType> _reportOtherType;
    private readonly Action<ExporterType> _register;

    internal ExporterCollection()
        : this((name, type) => new(name, type, type.CreateOptions(), SettingScope.NamedExporter(name)), (_, _) => { }, _ => { })
    {
    }

    /// <param name="declare">Makes an exporter with what the sources of settings say about it.</param>
    /// <param name="reportOtherType">Called when a name is added again with another type, which changes nothing.</param>
    /// <param name="register">Makes a type known to the sources, which may have named it.</param>
    internal ExporterCollection(
        Func<string, ExporterType, ConfiguredExporter> declare,
        Action<ConfiguredExporter, ExporterType> reportOtherType,
        Action<ExporterType> register)
    {
        _declare = declare;
        _reportOtherType = reportOtherType;
        _register = register;
    }

    /// <summary>Gets the number of exporters.</summary>
    public int Count => _inOrder.Count;

    internal IReadOnlyList<ConfiguredExporter> All => _inOrder;

    /// <summary>Adds an exporter to an OTLP backend, or configures the one of this name further.</summary>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>; compared without regard to case.</param>
    /// <param name="configure">Sets the options, which arrive with what configuration and environment say about this name.</param>
    /// <returns>This collection.</returns>
    public ExporterCollection AddOtlp(string name, Action<OtlpExporterOptions>? configure = null) =>
        Add(name, ExporterTypes.Otlp, configure);

    /// <summary>Adds an exporter that inserts into ClickHouse, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddOtlp" path="/param"/>
    /// <inheritdoc cref="AddOtlp" path="/returns"/>
    public ExporterCollection AddClickHouse(string name, Action<ClickHouseExporterOptions>? configure = null) =>
        Add(name, ExporterTypes.ClickHouse, configure);

    /// <summary>Adds an exporter to Datadog, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddOtlp" path="/param"/>
    /// <inheritdoc cref="AddOtlp" path="/returns"/>
    public ExporterCollection AddDatadog(string name, Action<DatadogExporterOptions>? configure = null) =>
        Add(name, ExporterTypes.Datadog, configure);

    /// <summary>Adds an exporter that discards everything, or configures the one of this name further.</summary>
    /// <inheritdoc cref="AddOtlp" path="/param"/>
    /// <inheritdoc cref="AddOtlp" path="/returns"/>
    public ExporterCollection AddBlackhole(string name, Action<BlackholeExporterOptions>? configure = null) =>
        Add(name, ExporterTypes.Blackhole, configure);

    /// <summary>Adds an exporter that writes OTLP/JSON lines to rolling files, or configures the one of this name further.</summary>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>; case does not matter.</param>
    /// <param name="configure">Sets its options.</param>
    /// <returns>This collection.</returns>
    public ExporterCollection AddFile(string name, Action<FileExporterOptions>? configure = null) =>
        Add(name, ExporterTypes.File, configure);

    /// <summary>Whether there is an exporter of this name.</summary>
    /// <param name="name">In any case.</param>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) is not null;
    }

    /// <summary>Lists the names of the exporters.</summary>
    /// <returns>Lower-case names in the order of their declaration.</returns>
    public IEnumerator<string> GetEnumerator() => _inOrder.Select(exporter => exporter.Name).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ConfiguredExporter? Find(string name) => _exporters.GetValueOrDefault(name.ToLowerInvariant());

    /// <summary>Makes a type that comes with a package known, so that settings can name it.</summary>
    internal void Register(ExporterType type) => _register(type);

    internal ExporterCollection Add<TOptions>(string name, ExporterType type, Action<TOptions>? configure)
        where TOptions : ExporterOptions
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Register(type);
        var exporter = Declare(name.Trim(), type);
        if (exporter.Options is TOptions options)
            configure?.Invoke(options);
        return this;
    }

    internal ConfiguredExporter Declare(string name, ExporterType type)
    {
        var exporter = Find(name);
        if (exporter is null)
            Put(exporter = _declare(name.ToLowerInvariant(), type));
        else if (exporter.Type.Name != type.Name)
            _reportOtherType(exporter, type);
        return exporter;
    }

    internal void Put(ConfiguredExporter exporter)
    {
        _exporters.Add(exporter.Name, exporter);
        _inOrder.Add(exporter);
    }
}
