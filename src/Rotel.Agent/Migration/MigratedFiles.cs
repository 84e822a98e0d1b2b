using Rotel.Agent.Migration.Collector;
using Rotel.Agent.Migration.Output;
using Rotel.Agent.Migration.Variables;
using Rotel.Agent.Migration.Yaml;

namespace Rotel.Agent.Migration;

/// <summary>What a migration comes to.</summary>
/// <param name="Configuration">What it is made of, with the report.</param>
/// <param name="AppSettings">The text of <c>appsettings.json</c>.</param>
/// <param name="Code">The text of the C# file.</param>
internal sealed record MigratedFiles(MigratedConfiguration Configuration, string AppSettings, string Code)
{
    /// <summary>Migrates the text of a file: YAML of a collector, or variables.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">What it is called.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    public static MigratedFiles OfText(string text, string origin)
    {
        if (text.Length > YamlReader.MaxLength)
            throw new FormatException($"it is larger than {YamlReader.MaxLength >> 10} KiB.");
        var migrated = VariablesFile.LooksLikeOne(text)
            ? VariablesMigration.Migrate(VariablesFile.Parse(text))
            : CollectorMigration.Migrate(YamlReader.Read(text));
        return Write(migrated, origin);
    }

    /// <summary>Migrates the variables of a process.</summary>
    public static MigratedFiles OfVariables(IReadOnlyDictionary<string, string> environment) => Write(
        VariablesMigration.Migrate(
            environment.ToDictionary(variable => variable.Key, variable => (variable.Value, 0), StringComparer.OrdinalIgnoreCase)),
        "the environment");

    private static MigratedFiles Write(MigratedConfiguration configuration, string origin)
    {
        var appSettings = AppSettingsWriter.Write(configuration);
        foreach (var error in MigrationCheck.Errors(appSettings, configuration.Environment))
            configuration.Report.Leave(new(0, "the result"), error.TrimEnd('.'), "Correct it before Rotel starts with it");
        return new(configuration, appSettings, CSharpWriter.Write(configuration, origin));
    }
}
