using Rotel.Settings;

namespace Rotel.Exporters.Tests;

/// <summary>Errors as <c>setting: problem</c>.</summary>
internal sealed class CollectedErrors : SettingErrors
{
    public List<string> All { get; } = [];

    public override void Add(string setting, string problem) => All.Add($"{setting}: {problem}");
}
