namespace Rotel.DiskLog;

/// <summary>A reader as it was found, or as it begins.</summary>
/// <param name="Name">As it was asked for; its key where nobody did.</param>
/// <param name="Key">As its file is called.</param>
/// <param name="File">Its file, whether or not there is one.</param>
/// <param name="Start">What the file says, or should.</param>
/// <param name="IsSaved">Whether the file says so.</param>
internal sealed record RecoveredReader(string Name, string Key, PositionFile File, ReaderPosition Start, bool IsSaved)
{
    public LogReader Create(SegmentLog log) => new(log, Name, Key, File, Start, IsSaved);
}
