using Rotel.Throughput.Children;

namespace Rotel.Throughput.Sink;

/// <summary>What the backend has received since it started.</summary>
/// <param name="DataPoints">How many of the items are data points, which come by time where the others come by request.</param>
internal readonly record struct SinkReport(long Items, long Requests, long WireBytes, long Malformed, long DataPoints = 0)
{
    public const string Command = "count";

    public void Write() => ReadingLine.Write(
        Command,
        ("items", Items),
        ("requests", Requests),
        ("wire_bytes", WireBytes),
        ("malformed", Malformed),
        ("data_points", DataPoints));

    public static SinkReport Parse(string line)
    {
        var readings = ReadingLine.Parse(line);
        return new SinkReport(
            readings["items"], readings["requests"], readings["wire_bytes"], readings["malformed"], readings["data_points"]);
    }
}
