namespace Rotel.Agent.Migration.Collector;

/// <summary>The collector's exporter <c>nop</c>.</summary>
internal static class NopExporterMigration
{
    public static void Migrate(CollectorSection section, MigratedGroup group, CollectorContext context) =>
        context.Report.Carry(section.Place, $"{group.Scope.Section}, which discards everything");
}
