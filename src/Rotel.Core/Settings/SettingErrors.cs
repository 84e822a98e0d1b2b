namespace Rotel.Settings;

/// <summary>
/// Collects everything that is wrong in a configuration, so that all of it is reported at once. Where a value came from is the collector's
/// business: it knows the names a setting has in the configuration, the environment and on the command line.
/// </summary>
internal abstract class SettingErrors
{
    /// <summary>Adds an error about one setting of the thing that is being validated.</summary>
    /// <param name="setting">Its name, as <see cref="Setting.Name"/>.</param>
    /// <param name="problem">What is wrong and what would be right, in one sentence, without the value of a secret.</param>
    public abstract void Add(string setting, string problem);
}
