namespace Rotel.Throughput.Drive;

/// <summary>How the last start delivered its backlog.</summary>
/// <param name="Spans">Those that arrived in the time.</param>
/// <param name="Bytes">Of their requests.</param>
/// <param name="Time">From the first delivery to the last.</param>
/// <param name="CpuSecondsPerMillion">The agent's, from its start, by the spans that it delivered.</param>
/// <param name="FreshDelays">Of the fresh spans sent in that time, the shortest first.</param>
internal sealed record BacklogReplay(
    long Spans,
    long Bytes,
    TimeSpan Time,
    double CpuSecondsPerMillion,
    long PeakResidentBytes,
    int FreshSent,
    int FreshRefused,
    TimeSpan[] FreshDelays);
