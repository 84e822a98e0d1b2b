using Microsoft.Extensions.Configuration;
using Rotel.Receivers.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>One loading of the configuration, from sources to plan; the order of its steps is <see cref="Load"/>.</summary>
internal sealed class ConfigurationLoader
{
    private readonly ConfigurationErrors _errors = new();
    private readonly SettingReader _reader;
    private readonly SectionSource? _section;
    private readonly RotelSources _sources;

    public ConfigurationLoader(RotelSources sources)
    {
        _sources = sources;

        // Sources that say nothing are left out. Where code says everything, the table of settings is then never built, which would be a
        // good part of the time that Rotel adds to the start of its host.
        var list = new List<SettingSource>(3);
        if (sources.Configuration is { } configuration && configuration.GetSection(SettingScope.RootSection).Exists())
            list.Add(_section = new SectionSource(configuration));
        var environment = new EnvironmentSource(sources.Environment);
        if (!environment.IsEmpty)
            list.Add(environment);
        if (sources.Arguments.Count > 0)
            list.Add(new CommandLineSource(sources.Arguments, _errors));
        _reader = new SettingReader(list, _errors);
    }

    public RotelPlan Load(Action<RotelOptions>? code)
    {
        if (IsSwitchedOff())
            return RotelPlan.Disabled();

        var exporters = new ExporterDeclarations(_section, _reader, _errors);
        var otlp = new OtlpReceiverOptions();
        var receivers = new ReceiverDeclarations(otlp, _reader, _errors);
        var processors = new ProcessorDeclarations(_section, _reader, _errors);
        var options = new RotelOptions(exporters.Collection, otlp, receivers.Collection, processors.Collection);
        _reader.Apply(SettingScope.Global, static () => GlobalSettings.All, options);
        receivers.Declare();
        exporters.Declare();
        processors.Declare();
        var fromSources = options.Processors.Steps.Count;
        code?.Invoke(options);
        if (!options.Enabled)
            return RotelPlan.Disabled();

        var otel = new OtelEnvironment(_sources.Environment, _errors);
        var isFromOtel = exporters.AreNone && otel.AddTo(options) is not null;
        AwsEnvironment.Apply(exporters.Collection.All, _sources.Environment);
        var names = new NameCheck(_reader.Sources, exporters, receivers, processors);
        receivers.ReportUnknown();
        exporters.ReportUnknown();
        exporters.ReportUndeclared();
        processors.ReportUndeclared();
        names.ReportAmbiguities(_errors);
        var warnings = names.ReportUnread(_errors, _sources.RefusesUnknownNames);

        var routes = new SignalRoutes(options, exporters, _errors).Resolve();
        var chains = new ProcessorChains(options, fromSources, _errors).Resolve();
        var files = new ProcessorFileLoading(options, _errors).Load(chains);
        var plan = new RotelPlan(options, routes, chains)
        {
            InternalRoutes = new InternalRoutes(options, routes, exporters, _errors).Resolve(),
            Files = files,
            AgentFile = SharedAgentSettings.PathOf(options, _sources.Environment, _errors.In(SettingScope.Global)),
            Environment = _sources.Environment,
            Notices = isFromOtel ? [otel.Notice()] : [],
        };
        RotelValidation.Validate(plan, _errors);
        if (_errors.Count > 0 && isFromOtel)
            _errors.Add(otel.Notice());
        if (_errors.Count > 0)
            files?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _errors.ThrowIfAny();
        return plan with
        {
            Warnings =
            [
                .. warnings,
                .. LogSettings.WarningsOf(options.Log, _sources.IsCommand),
                .. SharedAgentSettings.WarningsOf(options),
                .. DurabilityValidation.WarningsOf(plan),
                .. ReceiverWarnings.Of(plan, _reader.Sources),
                .. ProcessorWarnings.Of(plan),
                .. InternalRoutes.Warnings(options),
                .. files?.Warnings ?? [],
            ],
        };
    }

    /// <summary>Whether any source says no; a stronger one that says yes does not turn it on again.</summary>
    private bool IsSwitchedOff() => _reader.Sources.Any(source =>
        source.Find(SettingScope.Global.For(GlobalSettings.Enabled)) is { Text: { } text }
            && SettingForms.Boolean.TryRead(text, out var enabled, out _)
            && !enabled);
}
