namespace Rotel.Diagnostics;

/// <summary>What went wrong last with one exporter and signal.</summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Message">What the destination or the transport said: bounded, without secrets; null where nothing was said.</param>
internal sealed record LastFailure(DateTimeOffset At, string? Message);
