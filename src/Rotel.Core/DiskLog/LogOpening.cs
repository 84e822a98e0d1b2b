namespace Rotel.DiskLog;

/// <summary>An open log, or why there is none.</summary>
/// <param name="Log">The caller's, to be disposed.</param>
/// <param name="Problem">For people.</param>
internal readonly record struct LogOpening(SegmentLog? Log, string? Problem);
