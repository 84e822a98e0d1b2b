namespace Rotel.Agent.Migration.Ottl;

/// <summary>What a list of a filter takes.</summary>
/// <param name="Row">The setting.</param>
/// <param name="Key">The key of a pair; null where the setting is a list, or one value.</param>
/// <param name="Value">The item, the value of the pair, or the value.</param>
/// <param name="DropsUnstated">Whether the condition also drops records that state no severity, which the setting keeps.</param>
internal sealed record OttlEntry(string Row, string? Key, string Value, bool DropsUnstated = false);
