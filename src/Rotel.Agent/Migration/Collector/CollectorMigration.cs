using Rotel.Agent.Migration.Yaml;
using Rotel.Configuration;
using Rotel.Otlp;

namespace Rotel.Agent.Migration.Collector;

/// <summary>Turns the configuration of an OpenTelemetry Collector into one for Rotel, in the steps of <see cref="Run"/>.</summary>
internal sealed class CollectorMigration
{
    private readonly CollectorContext _context;
    private readonly CollectorSection _root;
    private IReadOnlyList<CollectorPipeline> _pipelines = [];

    private CollectorMigration(YamlValue document)
    {
        Configuration = new();
        _root = new("", document, 1, Configuration.Report);
        _context = new(_root, Configuration);
    }

    private MigratedConfiguration Configuration { get; }

    private MigrationReport Report => Configuration.Report;

    private MigratedGroup Global => Configuration.Global;

    public static MigratedConfiguration Migrate(YamlValue document)
    {
        var migration = new CollectorMigration(document);
        migration.Run();
        return migration.Configuration;
    }

    private void Run()
    {
        var receiver = MigrateReceivers();
        _pipelines = PipelineSelection.Select(_context, receiver);
        MigrateProcessors();
        MigrateExporters();
        LeaveUnused();
        ServiceMigration.Migrate(_context);
        _root.LeaveUnread();
    }

    private string? MigrateReceivers()
    {
        var receivers = _root.Section("receivers");
        var used = IdsOf("receivers");
        string? ours = null;
        foreach (var id in receivers.Keys.ToArray())
        {
            var receiver = receivers.Section(id);
            if (CollectorContext.TypeOf(id) != "otlp")
            {
                Leave(receiver, CollectorContext.TypeOf(id), "receiver");
            }
            else if (ours is null && used.Contains(id))
            {
                ours = id;
                OtlpReceiverMigration.Migrate(receiver, _context);
            }
            else
            {
                Report.Leave(
                    receiver.Place, ours is null ? "no pipeline names it" : "Rotel listens for OTLP once per process",
                    "Point its senders at the other, or run a second Rotel");
                receiver.IgnoreAll();
            }
        }

        return ours;
    }

    private void MigrateProcessors()
    {
        var processors = _root.Section("processors");
        MigrateGlobalSettings(processors);
        var chains = _pipelines.Select(pipeline => (pipeline.Signal, (IReadOnlyList<string>)[.. pipeline.Processors.Where(IsStep)]));
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, signals) in ProcessorSequence.Of(chains))
        {
            var section = processors.Section(id);
            var instance = taken.Add(id) ? id : $"{id}-for-{signals[0].Name()}";
            IReadOnlyList<MigratedGroup> groups = CollectorContext.TypeOf(id) switch
            {
                "attributes" => AttributesMigration.Migrate(section, instance, ProcessorTypes.Attributes, _context),
                "resource" => AttributesMigration.Migrate(section, instance, ProcessorTypes.Resource, _context),
                "filter" => FilterMigration.Migrate(section, instance, signals, _context),
                "probabilistic_sampler" => ProbabilisticSamplerMigration.Migrate(section, instance, _context),
                _ => RedactionMigration.Migrate(section, instance, _context),
            };
            foreach (var group in groups.Where(group => !group.Has(ConfiguredProcessor.SignalsRow)))
                Restrict(group, signals);
        }

        foreach (var id in IdsOf("processors").Where(id => !CollectorComponents.Processors.Contains(CollectorContext.TypeOf(id))))
            Leave(processors.Section(id), CollectorContext.TypeOf(id), "processor");
    }

    /// <summary>A processor that works on all that passes needs no list of signals.</summary>
    private void Restrict(MigratedGroup group, IReadOnlyList<OtlpSignal> signals)
    {
        var type = ProcessorTypes.Find(group.Type)!;
        if (!_pipelines.Any(pipeline => type.Takes(pipeline.Signal) && !signals.Contains(pipeline.Signal)))
            return;
        var names = signals.Where(type.Takes).Select(signal => signal.Name());
        group.PutUnseen(ConfiguredProcessor.SignalsRow, new MigratedValue.List([.. names]));
    }

    /// <summary>Processors that are none here, but settings for everything.</summary>
    private void MigrateGlobalSettings(CollectorSection processors)
    {
        foreach (var id in IdsOf("processors"))
        {
            var section = processors.Section(id);
            OtlpSignal[] signals = [.. _pipelines.Where(pipeline => pipeline.Processors.Contains(id)).Select(pipeline => pipeline.Signal)];
            switch (CollectorContext.TypeOf(id))
            {
                case "batch" when signals.Length > 0:
                    BatchMigration.Migrate(section, signals, signals.Length == _pipelines.Count, _context);
                    break;
                case "memory_limiter":
                    MemoryLimiterMigration.Migrate(section, _context);
                    break;
                case "resourcedetection" when signals.Length > 0:
                    ResourceDetectionMigration.Migrate(section, _context);
                    break;
            }
        }

        foreach (var pipeline in _pipelines.Where(pipeline => pipeline.Processors.All(id => CollectorContext.TypeOf(id) != "batch")))
        {
            Report.Differ(
                pipeline.Place,
                "Rotel batches for every exporter, 200 ms at most; batch_timeout of 0s sends every request by itself");
        }
    }

    private void MigrateExporters()
    {
        var exporters = _root.Section("exporters");
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in _pipelines.SelectMany(pipeline => pipeline.Exporters).Distinct(StringComparer.Ordinal))
        {
            var type = CollectorContext.TypeOf(id);
            if (!exporters.Has(id))
            {
                if (!_root.Section("connectors").Has(id))
                    Report.Leave(exporters.Place, $"there is no exporter {id}", "Add it");
                continue;
            }

            var section = exporters.Section(id);
            if (CollectorComponents.Exporters.TryGetValue(type, out var known))
            {
                names[id] = _context.ExporterNames.Of(id);
                known.Migrate(section, Configuration.AddExporter(names[id], known.Type), _context);
            }
            else if (CollectorComponents.DebugExporters.Contains(type))
            {
                MigrateDebug(id, section);
            }
            else
            {
                Leave(section, type, "exporter");
            }
        }

        foreach (var pipeline in _pipelines)
        {
            string[] targets = [.. pipeline.Exporters.Where(names.ContainsKey).Select(id => names[id])];
            if (targets.Length == 0 && pipeline.Exporters.Any(IsDebug))
                targets = [Discarding()];
            if (targets.Length > 0)
            {
                Global.PutUnseen(GlobalSettings.RouteOf(pipeline.Signal), new MigratedValue.List(targets));
            }
            else
            {
                Report.Leave(
                    pipeline.Place, $"none of its exporters is carried over, so that {pipeline.Signal.Name()} are off",
                    "Give them an exporter");
            }
        }
    }

    private void MigrateDebug(string id, CollectorSection section)
    {
        var signals = _pipelines.Where(pipeline => pipeline.Exporters.Contains(id)).Select(pipeline => pipeline.Signal.Name());
        var before = Global.Find(GlobalSettings.DebugLog) is MigratedValue.List { Items: var items } ? items : [];
        Global.SetList(GlobalSettings.DebugLog, [.. before.Union(signals).Select(name => new ConfiguredText(name))], section.Place);
        var verbosity = section.Word("verbosity") ?? section.Word("loglevel");
        if (verbosity is "detailed" or "debug")
            Global.Set(GlobalSettings.DebugLogVerbosity, "detailed", section.PlaceOf("verbosity"));
        else if (verbosity == "normal")
            section.Differ("verbosity", "Rotel knows basic and detailed; it is basic");
        section.Ignore("sampling_initial", "sampling_thereafter", "use_internal_logger", "output_paths");
        section.Ignore("sending_queue", "loglevel", "verbosity");
    }

    /// <summary>A signal that is only written to the log must go somewhere all the same.</summary>
    private string Discarding()
    {
        const string Id = "blackhole";
        var name = _context.ExporterNames.Of(Id);
        if (Configuration.Exporters.All(exporter => exporter.Name != name))
            Configuration.AddExporter(name, ExporterTypes.Blackhole);
        return name;
    }

    private void LeaveUnused()
    {
        foreach (var kind in (string[])["processors", "exporters"])
        {
            var used = IdsOf(kind);
            foreach (var id in _root.Section(kind).Keys.Where(id => !used.Contains(id)).ToArray())
            {
                var section = _root.Section(kind).Section(id);
                Report.Differ(section.Place, "no pipeline names it, so that it was left out");
                section.IgnoreAll();
            }
        }

        foreach (var kind in (string[])["processors", "exporters"])
        {
            // Those of pipelines that were left over are told with them.
            foreach (var id in _root.Section(kind).Keys.Where(id => !IsCarried(kind, id)).ToArray())
                _root.Section(kind).Section(id).IgnoreAll();
        }

        foreach (var id in _root.Section("connectors").Keys.ToArray())
            Leave(_root.Section("connectors").Section(id), CollectorContext.TypeOf(id), "connector");
    }

    private bool IsCarried(string kind, string id) =>
        _pipelines.Any(pipeline => (kind == "processors" ? pipeline.Processors : pipeline.Exporters).Contains(id))
            || CollectorContext.TypeOf(id) == "memory_limiter";

    private void Leave(CollectorSection section, string type, string what)
    {
        Report.Leave(section.Place, $"Rotel has no {what} {type}", CollectorComponents.AdviceFor(type, what));
        section.IgnoreAll();
    }

    /// <summary>What pipelines name, each once.</summary>
    private List<string> IdsOf(string kind)
    {
        var pipelines = _root.Section("service").Section("pipelines");
        var named = pipelines.Keys.SelectMany(id => pipelines.Section(id).List(kind)).Select(text => text.Literal);
        return [.. named.Distinct(StringComparer.Ordinal)];
    }

    private static bool IsDebug(string id) => CollectorComponents.DebugExporters.Contains(CollectorContext.TypeOf(id));

    private static bool IsStep(string id) => CollectorComponents.Processors.Contains(CollectorContext.TypeOf(id))
        && CollectorContext.TypeOf(id) is not ("batch" or "memory_limiter" or "resourcedetection");
}
