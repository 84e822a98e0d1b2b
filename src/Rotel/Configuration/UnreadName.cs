namespace Rotel.Configuration;

/// <summary>A name in a source that no setting has.</summary>
/// <param name="Written">As the source writes it.</param>
/// <param name="Variable">As an environment variable; null for a key of the configuration.</param>
internal readonly record struct UnreadName(string Written, string? Variable);
