using Microsoft.Extensions.Configuration;
using Rotel.Configuration;

namespace Rotel.Tests.Configuration;

/// <summary>Sources for tests; nothing here looks at the real environment.</summary>
internal static class Sources
{
    public static RotelSources Environment(params string[] variables) => new() { Environment = Pairs(variables) };

    public static RotelSources Section(params string[] keys) => RotelSources.None.WithSection(keys);

    public static RotelSources Flags(params string[] arguments) => new() { Arguments = arguments, RefusesUnknownNames = true };

    public static RotelSources WithSection(this RotelSources sources, params string[] keys) => sources with
    {
        Configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Pairs(keys).Select(pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)))
            .Build(),
    };

    public static RotelSources WithEnvironment(this RotelSources sources, params string[] variables) =>
        sources with { Environment = Pairs(variables) };

    public static RotelSources WithFlags(this RotelSources sources, params string[] arguments) => sources with { Arguments = arguments };

    public static RotelSources AsCommand(this RotelSources sources) => sources with { RefusesUnknownNames = true };

    public static IReadOnlyList<string> ErrorsOf(RotelSources sources, Action<RotelOptions>? code = null) =>
        Assert.Throws<RotelConfigurationException>(() => RotelConfiguration.Load(sources, code)).Errors;

    public static string ErrorOf(RotelSources sources, Action<RotelOptions>? code = null) => Assert.Single(ErrorsOf(sources, code));

    private static Dictionary<string, string> Pairs(string[] items) =>
        items.Select(item => item.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
