using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// Turns the bodies of one signal into blocks. A batch is appended body by body, then closed or, when a body turns out to be unreadable,
/// abandoned. Used by one thread at a time, and again for the next batch.
/// </summary>
internal abstract class SignalBlocks : IDisposable
{
    private readonly BlockFrames _frames;
    private readonly long _maxBytes;
    private readonly List<NativeBlock> _closed = [];
    private long _bytes;

    /// <param name="frames">Writes the blocks.</param>
    /// <param name="maxBytes">
    /// How large the rows of one batch may become, uncompressed. Every row repeats its resource and its scope: a small body with one very
    /// large resource and very many items would fill the memory.
    /// </param>
    protected SignalBlocks(BlockFrames frames, long maxBytes)
    {
        _frames = frames;
        _maxBytes = maxBytes;
    }

    /// <summary>Items that were left out for <c>maxBytes</c>.</summary>
    public long SkippedItems { get; private set; }

    /// <summary>Of what rows share, in all bodies.</summary>
    protected ContextNumbers Numbers { get; } = new();

    /// <summary>Whether the batch has become too large, so that further items are to be skipped.</summary>
    protected bool IsOverLimit => _bytes > _maxBytes;

    /// <summary>Appends the items of one Export…ServiceRequest. Throws <c>WireFormatException</c> when it is not protobuf.</summary>
    /// <param name="body">The request.</param>
    /// <param name="isCanonical">As <see cref="OtlpPayload.IsCanonical"/>.</param>
    public abstract void Append(ReadOnlySpan<byte> body, bool isCanonical);

    /// <summary>Ends the batch: its blocks by table and day, the caller's from now on.</summary>
    public List<NativeBlock> Close()
    {
        CloseRows();
        List<NativeBlock> blocks = [.. _closed.OrderBy(block => block.Table).ThenBy(block => block.Day)];
        _closed.Clear();
        Reset();
        return blocks;
    }

    /// <summary>Forgets the batch and everything made of it.</summary>
    public void Abandon()
    {
        foreach (var block in _closed)
            block.Dispose();
        _closed.Clear();
        Reset();
    }

    /// <summary>Makes a block of rows that are full or the last of their day.</summary>
    public void Close(TableRows rows, int day)
    {
        var block = rows.Close(day, _frames);
        _closed.Add(block);
        _bytes += block.UncompressedBytes;
    }

    /// <summary>Not while a batch is under way.</summary>
    public void Dispose() => _frames.Dispose();

    protected void Skip(int items) => SkippedItems += items;

    /// <summary>Closes the rows of all tables.</summary>
    protected abstract void CloseRows();

    /// <summary>Forgets the rows of all tables, and gives their memory back.</summary>
    protected abstract void ReleaseRows();

    private void Reset()
    {
        ReleaseRows();
        _frames.Release();
        _bytes = 0;
        SkippedItems = 0;
    }
}
