using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Values that lie one after another: numbers of one width, or strings behind their lengths.</summary>
internal abstract class ValueColumn(string type, BufferPool pool) : NativeColumn(type)
{
    protected PooledBytes Values { get; } = new(pool);

    public sealed override void WriteData(BlockFrames frames) => frames.Write(Values.Span);

    public sealed override void Clear() => Values.Clear();

    public sealed override void Release() => Values.Release();
}
