namespace Rotel.Configuration;

/// <summary>Reads the configuration of Rotel from all its sources and checks it.</summary>
internal static class RotelConfiguration
{
    /// <summary>
    /// Default, then the <c>Rotel</c> section, then the environment, then the command line, then code; then every check.
    /// </summary>
    /// <param name="sources">What to read.</param>
    /// <param name="code">What the application sets; not called when a source has switched Rotel off.</param>
    /// <exception cref="RotelConfigurationException">Something is wrong; it lists all of it.</exception>
    public static RotelPlan Load(RotelSources sources, Action<RotelOptions>? code = null) => new ConfigurationLoader(sources).Load(code);
}
