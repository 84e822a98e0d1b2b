using Rotel.Configuration;

namespace Rotel.Sharing;

/// <summary>The file of a shared agent cannot be used; the message names the setting, the path and what to do.</summary>
internal sealed class AgentFileException : IOException
{
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong with it and what would be right, behind the path and without a full stop.</param>
    /// <param name="inner">What was thrown, if anything.</param>
    public AgentFileException(string path, string problem, Exception? inner = null)
        : base($"{SettingScope.Global.For(SharedAgentSettings.PidFile)}: '{path}' {problem}.", inner) =>
        Problem = $"'{path}' {problem}";

    /// <summary>The message without the setting and without a full stop.</summary>
    public string Problem { get; }
}
