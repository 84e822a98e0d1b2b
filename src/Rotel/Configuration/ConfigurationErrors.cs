using Rotel.Settings;

namespace Rotel.Configuration;

/// <summary>Everything that was found wrong, in the order in which it was found; each line once.</summary>
internal sealed class ConfigurationErrors
{
    private readonly List<string> _lines = [];

    public int Count => _lines.Count;

    public void Add(string line)
    {
        if (!_lines.Contains(line))
            _lines.Add(line);
    }

    /// <param name="setting">How a message names the setting.</param>
    /// <param name="problem">What is wrong and what would be right, without a full stop.</param>
    public void Add(string setting, string problem) => Add($"{setting}: {problem}.");

    /// <summary>For the checks of a component that knows its settings by name only.</summary>
    public SettingErrors In(SettingScope scope) => new ScopedErrors(this, scope);

    /// <summary>For the checks of what only code can set.</summary>
    /// <param name="what">How a message names it.</param>
    public SettingErrors InCode(string what) => new CodeErrors(this, what);

    public void ThrowIfAny()
    {
        if (_lines.Count > 0)
            throw new RotelConfigurationException(_lines);
    }

    private sealed class CodeErrors(ConfigurationErrors errors, string what) : SettingErrors
    {
        public override void Add(string setting, string problem) => errors.Add($"{what}, {setting}", problem.TrimEnd('.'));
    }

    private sealed class ScopedErrors(ConfigurationErrors errors, SettingScope scope) : SettingErrors
    {
        public override void Add(string setting, string problem) => errors.Add(scope.For(setting).ToString(), problem.TrimEnd('.'));
    }
}
