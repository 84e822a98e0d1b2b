namespace Rotel.Destinations;

/// <summary>What only a type of exporter can find out about its destination.</summary>
/// <param name="Subject">What was looked at, in a word: <c>tables</c>.</param>
/// <param name="IsGood">Whether it is as it should be.</param>
/// <param name="Found">What was found, in a sentence without secrets and without a full stop.</param>
/// <param name="Advice">What to do about it, in a sentence; null where there is nothing to do.</param>
internal sealed record DestinationFinding(string Subject, bool IsGood, string Found, string? Advice = null);
