using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>One request to the intake of statistics.</summary>
/// <param name="body">As it is sent; this takes ownership.</param>
/// <param name="uncompressedLength">Bytes before compression.</param>
/// <param name="spans">How many spans are counted in it.</param>
internal sealed class StatisticsPayload(PooledSegments body, int uncompressedLength, long spans) : IDisposable
{
    public PooledSegments Body => body;

    public int UncompressedLength => uncompressedLength;

    public long Spans => spans;

    public void Dispose() => body.Dispose();
}
