namespace Rotel.Configuration;

/// <summary>What a source says about a setting: text, or the children of a section, or nothing (a flag that stands alone).</summary>
/// <param name="Text">The text; null when there is none.</param>
/// <param name="Items">The children of a configuration section; null when it has none.</param>
/// <param name="IsRepeated">The text is several values, joined by commas.</param>
internal readonly record struct SourceValue(
    string? Text, IReadOnlyList<KeyValuePair<string, string>>? Items = null, bool IsRepeated = false);
