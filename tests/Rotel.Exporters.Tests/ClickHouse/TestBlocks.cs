using System.Text;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>Blocks whose bytes are text, for a server that does not look into them.</summary>
internal static class TestBlocks
{
    public static IReadOnlyList<string> Columns { get; } = ["Timestamp", "Body"];

    public const string Optional = "EventName";

    /// <summary>A block whose body is <paramref name="text"/>.</summary>
    public static NativeBlock Of(
        BufferPool pool, string text, int day = 0, int rows = 1, ClickHouseTable table = ClickHouseTable.Logs, long bytes = 100)
    {
        using var frames = new BareFrames();
        return new NativeBlock(
            table, rows, day, Columns, Segments(pool, text), [new OptionalColumn(Optional, Segments(pool, $"<{Optional}>"))], bytes, frames.Header);
    }

    private static PooledSegments Segments(BufferPool pool, string text)
    {
        var segments = new PooledSegments(pool);
        segments.Write(Encoding.UTF8.GetBytes(text));
        segments.Seal();
        return segments;
    }
}
