namespace Rotel.DiskLog;

/// <summary>How one log is kept.</summary>
/// <param name="Directory">Of this log alone.</param>
/// <param name="SegmentBytes">Size at which a segment is sealed; a record that is larger has a segment to itself.</param>
/// <param name="MaxAge">A segment is dropped once the last record in it is older.</param>
/// <param name="Strength">What a confirmed record survives.</param>
/// <param name="CommitInterval">Power-safe only: appends of so long share one sync; zero for none longer than the sync before.</param>
internal sealed record LogSettings(string Directory, long SegmentBytes, TimeSpan MaxAge, LogStrength Strength, TimeSpan CommitInterval);
