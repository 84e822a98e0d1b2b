namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// One column of a block that is being filled, or the inner part of one: an array's elements, a map's keys. A block is written column by
/// column: name and type, what the type puts before its data (for inner types too), the data.
/// </summary>
/// <param name="type">The ClickHouse type as the block names it. The server converts where its table's differs.</param>
internal abstract class NativeColumn(string type)
{
    public string Type => type;

    /// <summary>Writes what precedes the data of this and of all inner columns.</summary>
    public virtual void WritePrefix(BlockFrames frames)
    {
    }

    public abstract void WriteData(BlockFrames frames);

    /// <summary>Makes it empty for the next block.</summary>
    public abstract void Clear();

    /// <summary>Makes it empty and gives its memory back.</summary>
    public abstract void Release();
}
