namespace Rotel.Agent.Migration.Collector;

/// <summary>What the parts of one migration share.</summary>
internal sealed class CollectorContext(CollectorSection root, MigratedConfiguration configuration)
{
    public CollectorSection Root => root;

    public MigratedConfiguration Configuration => configuration;

    public MigrationReport Report => configuration.Report;

    public ComponentNames ExporterNames { get; } = new("exporter");

    public ComponentNames ProcessorNames { get; } = new("processor");

    /// <summary>An extension by its id; one that is not there is empty.</summary>
    public CollectorSection Extension(string id) => root.Section("extensions").Section(id);

    /// <summary>What stands before the slash.</summary>
    public static string TypeOf(string id)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        var type = (slash < 0 ? id : id[..slash]).Trim();

        // Newer collectors write it with an underscore.
        return type == "resource_detection" ? "resourcedetection" : type;
    }
}
