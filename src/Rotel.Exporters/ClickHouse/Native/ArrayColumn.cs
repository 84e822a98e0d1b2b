using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Array of anything: where each row's elements end, then all elements. Rows of columns of one Nested type have equal lengths.</summary>
/// <param name="pool">Where buffers come from.</param>
/// <param name="elements">The column of all elements.</param>
internal sealed class ArrayColumn<TColumn>(BufferPool pool, TColumn elements) : NativeColumn($"Array({elements.Type})")
    where TColumn : NativeColumn
{
    private readonly PooledBytes _ends = new(pool);
    private ulong _count;

    /// <summary>Where elements are appended, before <see cref="EndRow"/> says that they were.</summary>
    public TColumn Elements => elements;

    /// <summary>Ends a row of so many elements.</summary>
    public void EndRow(int count)
    {
        _count += (uint)count;
        _ends.WriteUInt64(_count);
    }

    public override void WritePrefix(BlockFrames frames) => elements.WritePrefix(frames);

    public override void WriteData(BlockFrames frames)
    {
        frames.Write(_ends.Span);
        elements.WriteData(frames);
    }

    public override void Clear()
    {
        _count = 0;
        _ends.Clear();
        elements.Clear();
    }

    public override void Release()
    {
        Clear();
        _ends.Release();
        elements.Release();
    }
}
