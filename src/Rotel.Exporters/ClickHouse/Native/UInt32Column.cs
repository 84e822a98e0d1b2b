using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>UInt32.</summary>
internal sealed class UInt32Column(BufferPool pool) : ValueColumn("UInt32", pool)
{
    public void Append(uint value) => Values.WriteUInt32(value);
}
