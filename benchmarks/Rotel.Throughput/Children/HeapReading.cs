namespace Rotel.Throughput.Children;

/// <summary>How full the managed heap of a process is, read from the inside.</summary>
/// <param name="HeldBytes">As it stands, with what nobody uses any more and no collection has found yet.</param>
/// <param name="LiveBytes">What a full collection leaves.</param>
internal readonly record struct HeapReading(long HeldBytes, long LiveBytes)
{
    public const string Command = "heap";

    public static void Write()
    {
        var held = GC.GetTotalMemory(forceFullCollection: false);
        ReadingLine.Write(Command, ("held_bytes", held), ("live_bytes", GC.GetTotalMemory(forceFullCollection: true)));
    }

    public static HeapReading Parse(string line)
    {
        var readings = ReadingLine.Parse(line);
        return new HeapReading(readings["held_bytes"], readings["live_bytes"]);
    }
}
