using Rotel.Throughput.Children;

namespace Rotel.Throughput.Load;

/// <summary>What one run of the load saw.</summary>
/// <param name="ElapsedMicroseconds">From the first request to the last answer.</param>
/// <param name="AcceptedItems">Items of the requests that were answered with success.</param>
/// <param name="Refused">Requests that were answered with anything else.</param>
/// <param name="Unanswered">Requests without an answer.</param>
/// <param name="Unsent">Scheduled requests whose turn had not come when the time was up: the rate was not reached.</param>
internal readonly record struct LoadReport(
    long ElapsedMicroseconds, long AcceptedItems, long Refused, long Unanswered, long Unsent, long P50Microseconds, long P99Microseconds,
    long MaxMicroseconds)
{
    public const string Word = "load";

    public double ItemsPerSecond => AcceptedItems / (ElapsedMicroseconds / 1e6);

    public void Write() => ReadingLine.Write(
        Word,
        ("elapsed_us", ElapsedMicroseconds),
        ("accepted", AcceptedItems),
        ("refused", Refused),
        ("unanswered", Unanswered),
        ("unsent", Unsent),
        ("p50_us", P50Microseconds),
        ("p99_us", P99Microseconds),
        ("max_us", MaxMicroseconds));

    public static LoadReport Parse(string line)
    {
        var readings = ReadingLine.Parse(line);
        return new LoadReport(
            readings["elapsed_us"],
            readings["accepted"],
            readings["refused"],
            readings["unanswered"],
            readings["unsent"],
            readings["p50_us"],
            readings["p99_us"],
            readings["max_us"]);
    }
}
