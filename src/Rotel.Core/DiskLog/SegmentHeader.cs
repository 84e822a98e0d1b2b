namespace Rotel.DiskLog;

/// <summary>What a segment says of itself.</summary>
/// <param name="First">Sequence of its first record.</param>
/// <param name="CreatedAt">Unix milliseconds.</param>
/// <param name="Salt">Goes into the checksums of its record headers.</param>
/// <param name="TableBytes">Of the table of readers behind it.</param>
/// <param name="TableCrc">Of that table.</param>
/// <param name="InheritedBytes">How long its file was already: what stands there and is not of its salt was another segment's.</param>
internal readonly record struct SegmentHeader(
    long First, long CreatedAt, uint Salt, int TableBytes, uint TableCrc, long InheritedBytes)
{
    /// <summary>Where the first record's header is placed.</summary>
    public long FirstRecordAt => SegmentFormat.Align(SegmentFormat.FileHeaderBytes + TableBytes);
}
