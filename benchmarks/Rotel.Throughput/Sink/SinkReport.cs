using Rotel.Throughput.Children;

namespace Rotel.Throughput.Sink;

/// <summary>What the backend has received since it started.</summary>
internal readonly record struct SinkReport(long Items, long Requests, long WireBytes, long Malformed)
{
    public const string Command = "count";

    public void Write() => ReadingLine.Write(
        Command, ("items", Items), ("requests", Requests), ("wire_bytes", WireBytes), ("malformed", Malformed));

    public static SinkReport Parse(string line)
    {
        var readings = ReadingLine.Parse(line);
        return new SinkReport(readings["items"], readings["requests"], readings["wire_bytes"], readings["malformed"]);
    }
}
