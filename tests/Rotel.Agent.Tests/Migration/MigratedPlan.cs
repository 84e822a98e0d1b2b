using System.Text;
using Microsoft.Extensions.Configuration;
using Rotel.Agent.Migration;
using Rotel.Configuration;

namespace Rotel.Agent.Tests.Migration;

/// <summary>What Rotel makes of the files of a migration.</summary>
internal static class MigratedPlan
{
    /// <summary>The plan of <c>appsettings.json</c>, with something in the variables that are to be set.</summary>
    public static RotelPlan OfSettings(MigratedFiles files, params (string Key, string Value)[] instead)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(files.AppSettings));
        var settings = instead.Where(pair => pair.Key.Contains(':')).Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value));
        return RotelConfiguration.Load(
            new RotelSources
            {
                Configuration = new ConfigurationBuilder()
                    .AddJsonStream(json)
                    .AddInMemoryCollection(settings)
                    .Build(),
                Environment = Variables(files, instead),
                RefusesUnknownNames = true,
            },
            rotel => rotel.AddKafka());
    }

    /// <summary>The plan of the C#.</summary>
    public static RotelPlan OfCode(MigratedFiles files, Action<RotelOptions>? further = null, params (string Key, string Value)[] instead)
    {
        var configure = MigratedCode.Compile(files.Code);
        return RotelConfiguration.Load(
            new RotelSources { Environment = Variables(files, instead), RefusesUnknownNames = true },
            rotel =>
            {
                configure(rotel);
                further?.Invoke(rotel);
            });
    }

    /// <summary>Both files are right, without errors and warnings, and say the same.</summary>
    public static RotelPlan Check(MigratedFiles files)
    {
        var settings = OfSettings(files);
        var code = OfCode(files);
        Assert.Empty(settings.Warnings);
        Assert.Empty(code.Warnings);
        Assert.Equal(EffectiveConfiguration.Describe(settings), EffectiveConfiguration.Describe(code));
        return settings;
    }

    private static Dictionary<string, string> Variables(MigratedFiles files, (string Key, string Value)[] instead)
    {
        var variables = files.Configuration.Environment
            .ToDictionary(line => line.Variable, line => line.Example, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in instead.Where(pair => !pair.Key.Contains(':')))
            variables[key] = value;
        return variables;
    }
}
