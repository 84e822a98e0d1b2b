using Rotel.Configuration;
using Rotel.Kafka;
using Rotel.Pipelines;

namespace Rotel.Agent.Migration;

/// <summary>What a configuration for Rotel is made of, before it is written as one.</summary>
internal sealed class MigratedConfiguration
{
    private readonly List<MigratedGroup> _receivers = [];
    private readonly List<MigratedGroup> _processors = [];
    private readonly List<MigratedGroup> _exporters = [];

    public MigratedConfiguration()
    {
        Global = new("", "", SettingScope.Global, GlobalSettings.All, () => new RotelOptions(), Report);
    }

    /// <summary>The types of exporters that may be made.</summary>
    public static IReadOnlyList<ExporterType> ExporterTypes { get; } = [.. Configuration.ExporterTypes.All, KafkaTypes.Exporter];

    /// <summary>The types of receivers beside OTLP that may be made.</summary>
    public static IReadOnlyList<ReceiverType> ReceiverTypes { get; } = [KafkaTypes.Receiver];

    public MigrationReport Report { get; } = new();

    public MigratedGroup Global { get; }

    /// <summary>Whether OTLP is received.</summary>
    public bool ReceivesOtlp { get; set; } = true;

    /// <summary>Those beside OTLP.</summary>
    public IReadOnlyList<MigratedGroup> Receivers => _receivers;

    /// <summary>In the order in which telemetry passes them.</summary>
    public IReadOnlyList<MigratedGroup> Processors => _processors;

    public IReadOnlyList<MigratedGroup> Exporters => _exporters;

    public IEnumerable<MigratedGroup> Groups => [Global, .. Receivers, .. Processors, .. Exporters];

    /// <summary>What someone has to set, in the order of the groups.</summary>
    public IEnumerable<EnvironmentLine> Environment => Groups.SelectMany(group => group.Environment);

    public MigratedGroup AddExporter(string name, ExporterType type)
    {
        var group = new MigratedGroup(
            name, type.Name, SettingScope.NamedExporter(name), ConfiguredExporter.RowsOf(type), type.CreateOptions, Report);
        _exporters.Add(group);
        return group;
    }

    public MigratedGroup AddProcessor(string name, ProcessorType type)
    {
        var group = new MigratedGroup(
            name, type.Name, SettingScope.Processor(name), ConfiguredProcessor.RowsOf(type), type.CreateOptions, Report);
        _processors.Add(group);
        return group;
    }

    public MigratedGroup AddReceiver(ReceiverType type)
    {
        var group = new MigratedGroup(
            type.Name, type.Name, SettingScope.Receiver(type.Name), type.Settings, type.CreateOptions, Report);
        _receivers.Add(group);
        return group;
    }

    public void Remove(MigratedGroup exporter) => _exporters.Remove(exporter);
}
