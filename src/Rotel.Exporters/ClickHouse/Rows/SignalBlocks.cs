using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>
/// Turns the bodies of one signal into blocks. A batch is appended body by body, then closed or, when a body turns out to be unreadable,
/// abandoned. Used by one thread at a time, and again for the next batch.
/// </summary>
internal abstract class SignalBlocks : IDisposable
{
    /// <summary>What the columns of one table and day take besides their values: many small buffers.</summary>
    private const long DayBytes = 256 * 1024;

    /// <summary>The tables of metrics on both sides of midnight, and some late data.</summary>
    private const int MinOpenDays = 16;

    private readonly BlockFrames _frames;
    private readonly long _maxBytes;
    private readonly List<NativeBlock> _closed = [];

    /// <summary>Of the blocks, before compression.</summary>
    private long _closedBytes;

    /// <summary>Of the rows of all tables and days that are no block yet.</summary>
    private long _openBytes;
    private int _openDays;

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
        var bytes = rows.Bytes;
        var block = rows.Close(day, _frames);
        _closed.Add(block);
        _openBytes -= bytes;
        _closedBytes += block.UncompressedBytes;
    }

    /// <summary>
    /// Before rows of one more table or day are begun: when those there are take much, as with items of very many days, makes blocks of all
    /// and gives the columns' memory back.
    /// </summary>
    public void OpenDay()
    {
        if (_openDays >= MinOpenDays && (_openDays * DayBytes) + _openBytes > _maxBytes / 4)
        {
            CloseRows();
            ReleaseRows();
            _openDays = 0;
        }

        _openDays++;
    }

    /// <summary>Not while a batch is under way.</summary>
    public void Dispose() => _frames.Dispose();

    /// <summary>Takes room for a row before it is made; when there is none, false, and its item counts as skipped.</summary>
    protected bool TakeRoom(long rowBytes)
    {
        if (_closedBytes + _openBytes + rowBytes > _maxBytes)
        {
            SkippedItems++;
            return false;
        }

        _openBytes += rowBytes;
        return true;
    }

    /// <summary>Closes the rows of all tables.</summary>
    protected abstract void CloseRows();

    /// <summary>Forgets the rows of all tables, and gives their memory back.</summary>
    protected abstract void ReleaseRows();

    private void Reset()
    {
        ReleaseRows();
        _frames.Release();
        _closedBytes = 0;
        _openBytes = 0;
        _openDays = 0;
        SkippedItems = 0;
    }
}
