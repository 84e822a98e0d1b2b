namespace Rotel.DiskLog;

/// <summary>How an append ended, and the record's sequence where it was written.</summary>
internal readonly record struct AppendResult(AppendOutcome Outcome, long Sequence);
