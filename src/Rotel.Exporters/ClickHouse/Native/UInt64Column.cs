using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>UInt64.</summary>
internal sealed class UInt64Column(BufferPool pool) : ValueColumn("UInt64", pool)
{
    public void Append(ulong value) => Values.WriteUInt64(value);
}
