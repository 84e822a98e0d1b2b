using System.Text;
using Microsoft.Extensions.Configuration;
using Rotel.Configuration;

namespace Rotel.Agent.Migration.Output;

/// <summary>Loads what was written, as a host would, so that nothing leaves here that Rotel would refuse.</summary>
internal static class MigrationCheck
{
    public static RotelPlan Load(string appSettings, IEnumerable<EnvironmentLine> environment)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(appSettings));
        var sources = new RotelSources
        {
            Configuration = new ConfigurationBuilder().AddJsonStream(json).Build(),
            Environment = environment.ToDictionary(line => line.Variable, line => line.Example, StringComparer.OrdinalIgnoreCase),
        };
        return RotelConfiguration.Load(sources, static rotel => rotel.AddKafka());
    }

    /// <summary>What Rotel would say of it; files that are not on this machine may be on the other.</summary>
    public static IReadOnlyList<string> Errors(string appSettings, IEnumerable<EnvironmentLine> environment)
    {
        try
        {
            Load(appSettings, environment);
            return [];
        }
        catch (RotelConfigurationException exception)
        {
            return [.. exception.Errors.Where(error => !error.Contains("cannot read '", StringComparison.Ordinal))];
        }
    }
}
